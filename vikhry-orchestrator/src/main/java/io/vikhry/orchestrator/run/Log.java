package io.vikhry.orchestrator.run;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A file of records, one JSON text a line, that is only appended to. It is made with the first record. A crash can tear its last
 * line, which is skipped when it is read; a write that fails is taken back, so that what is written later begins on a new line.
 * For one writing thread.
 */
final class Log {
    private final Path path;
    private @Nullable FileChannel file;

    Log(Path path) {
        this.path = path;
    }

    void append(List<?> records) throws IOException {
        FileChannel out = file;
        if (out == null) {
            out = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            out.position(out.size());
            file = out;
        }
        long before = out.position();
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Object each : records) {
            lines.write(Json.MAPPER.writeValueAsBytes(each));
            lines.write('\n');
        }
        ByteBuffer buffer = ByteBuffer.wrap(lines.toByteArray());
        try {
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        } catch (IOException e) {
            out.truncate(before);
            out.position(before);
            throw e;
        }
    }

    void force() throws IOException {
        if (file != null) {
            file.force(true);
        }
    }

    void close() throws IOException {
        if (file != null) {
            file.close();
        }
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
