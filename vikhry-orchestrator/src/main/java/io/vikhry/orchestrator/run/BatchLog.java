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
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of batches as they came: of each its length in 4 bytes, the highest first and its top bit set, the CRC-32C of length and
 * batch in 4 bytes, and its bytes. A crash can tear its last one, which is skipped when it is read, as is one that the disk has
 * damaged. Older files have neither top bit nor checksum. For one writing thread.
 */
final class BatchLog {
    private static final Logger LOG = LoggerFactory.getLogger(BatchLog.class);

    private static final int CHECKED = 1 << 31;
    private static final int HEAD = 2 * Integer.BYTES;

    private final Appended file;

    BatchLog(Path path) {
        this.file = new Appended(path);
    }

    /** Appends encoded batches in one write. */
    void append(List<byte[]> batches) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(
                batches.stream().mapToInt(batch -> HEAD + batch.length).sum());
        batches.forEach(batch -> {
            int length = batch.length | CHECKED;
            all.putInt(length).putInt(checksum(length, batch)).put(batch);
        });
        file.append(all.flip());
    }

    void force() throws IOException {
        file.force();
    }

    void close() throws IOException {
        file.close();
    }

    private static int checksum(int length, byte[] batch) {
        CRC32C sum = new CRC32C();
        sum.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).flip());
        sum.update(batch);
        return (int) sum.getValue();
    }

    private static @Nullable IntervalBatch decoded(Path path, byte[] batch) {
        try {
            return IntervalBatch.decoded(batch);
        } catch (MalformedBatchException e) {
            return damaged(path, String.valueOf(e.getMessage()));
        }
    }

    /** It will be missed by its number, and counted as missing. */
    private static @Nullable IntervalBatch damaged(Path path, String how) {
        LOG.warn("A batch in {} is damaged and left out: {}", path, how);
        return null;
    }

    /** Hands each batch of the file to {@code each}; no file is no batch. */
    static void read(Path path, Consumer<IntervalBatch> each) {
        if (!Files.exists(path)) {
            return;
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 16))) {
            while (true) {
                int head = in.readInt();
                int length = head & ~CHECKED;
                if (length == 0 || length > IntervalBatch.MAX_BYTES) {
                    LOG.warn("{} is torn; what stands behind it is not read", path);
                    return;
                }
                boolean checked = head < 0;
                int sum = checked ? in.readInt() : 0;
                byte[] batch = in.readNBytes(length);
                if (batch.length < length) {
                    return;
                }
                IntervalBatch kept = checked && checksum(head, batch) != sum
                        ? damaged(path, "its checksum is another")
                        : decoded(path, batch);
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
