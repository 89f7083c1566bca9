package io.vikhry.orchestrator.run;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * A file of records, one JSON text a line. A crash can tear its last line, which is skipped when it is read. For one writing
 * thread.
 */
final class Log {
    private final Appended file;

    Log(Path path) {
        this.file = new Appended(path);
    }

    void append(List<?> records) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Object each : records) {
            lines.write(Json.MAPPER.writeValueAsBytes(each));
            lines.write('\n');
        }
        file.append(ByteBuffer.wrap(lines.toByteArray()));
    }

    void force() throws IOException {
        file.force();
    }

    void close() throws IOException {
        file.close();
    }

    /** Hands each record of the file to {@code each}; no file is no record. */
    static <T> void read(Path path, Class<T> type, Consumer<T> each) {
        if (!Files.exists(path)) {
            return;
        }
        try (BufferedReader lines = Files.newBufferedReader(path)) {
            String next = lines.readLine();
            while (next != null) {
                String line = next;
                next = lines.readLine();
                try {
                    each.accept(Json.MAPPER.readValue(line, type));
                } catch (IOException e) {
                    if (next != null) {
                        throw e;
                    }
                    // The last line may be torn, or just being written.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be read: " + e, e);
        }
    }
}
