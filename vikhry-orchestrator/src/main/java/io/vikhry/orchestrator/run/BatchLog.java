package io.vikhry.orchestrator.run;

import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.MalformedBatchException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of batches as they came: of each its length in 4 bytes, the highest first, and its bytes. A crash can tear its last
 * one, which is skipped when it is read, as is one that the disk has damaged. For one writing thread.
 */
final class BatchLog {
    private static final Logger LOG = LoggerFactory.getLogger(BatchLog.class);

    private final Appended file;

    BatchLog(Path path) {
        this.file = new Appended(path);
    }

    /** Appends encoded batches in one write. */
    void append(List<byte[]> batches) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(
                batches.stream().mapToInt(batch -> Integer.BYTES + batch.length).sum());
        batches.forEach(batch -> all.putInt(batch.length).put(batch));
        file.append(all.flip());
    }

    void force() throws IOException {
        file.force();
    }

    void close() throws IOException {
        file.close();
    }

    private static @Nullable IntervalBatch decoded(Path path, byte[] batch) {
        try {
            return IntervalBatch.decoded(batch);
        } catch (MalformedBatchException e) {
            // It will be missed by its number, and counted as missing.
            LOG.warn("A batch in {} is damaged and left out: {}", path, e.getMessage());
            return null;
        }
    }

    /** Hands each batch of the file to {@code each}; no file is no batch. */
    static void read(Path path, Consumer<IntervalBatch> each) {
        if (!Files.exists(path)) {
            return;
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 16))) {
            while (true) {
                int length = in.readInt();
                if (length <= 0 || length > IntervalBatch.MAX_BYTES) {
                    LOG.warn("{} is torn; what stands behind it is not read", path);
                    return;
                }
                byte[] batch = in.readNBytes(length);
                if (batch.length < length) {
                    return;
                }
                IntervalBatch kept = decoded(path, batch);
                if (kept != null) {
                    each.accept(kept);
                }
            }
        } catch (EOFException end) {
            // The last one may be torn, or just being written.
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be read: " + e, e);
        }
    }
}
