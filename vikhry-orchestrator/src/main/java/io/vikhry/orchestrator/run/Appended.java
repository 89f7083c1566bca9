package io.vikhry.orchestrator.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file that is only appended to, made with the first bytes. A write that fails is taken back, so that what is written later
 * begins where it did. For one writing thread.
 */
final class Appended {
    private final Path path;
    private @Nullable FileChannel file;

    Appended(Path path) {
        this.path = path;
    }

    void append(ByteBuffer bytes) throws IOException {
        FileChannel out = file;
        if (out == null) {
            out = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            out.position(out.size());
            file = out;
        }
        long before = out.position();
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
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
}
