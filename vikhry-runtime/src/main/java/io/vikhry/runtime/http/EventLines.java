package io.vikhry.runtime.http;

import io.vikhry.api.ServerSentEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events out of their lines, by the HTML standard's rules: an empty line ends an event, one without data is none, and
 * what the end of the stream cuts off is dropped.
 */
final class EventLines {
    private final TextLines lines;
    private String id = "";
    private boolean first = true;

    EventLines(TextLines lines) {
        this.lines = lines;
    }

    /** The next event; null at the end. */
    @Nullable ServerSentEvent next() throws IOException {
        String type = "";
        StringBuilder data = new StringBuilder();
        for (String line = lines.next(); line != null; line = lines.next()) {
            if (first) {
                first = false;
                if (line.startsWith("\ufeff")) {
                    line = line.substring(1);
                }
            }
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    data.setLength(data.length() - 1);
                    return new ServerSentEvent(type.isEmpty() ? "message" : type, data.toString(), id);
                }
                type = "";
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(line.startsWith(" ", colon + 1) ? colon + 2 : colon + 1);
            switch (field) {
                case "event" -> type = value;
                case "data" -> data.append(value).append('\n');
                case "id" -> id = value.indexOf('\0') < 0 ? value : id;
                // A comment, the time to reconnect after, or a field of a later day.
                default -> {}
            }
        }
        return null;
    }
}
