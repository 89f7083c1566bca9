package io.vikhry.runtime.http;

import io.vikhry.api.HttpException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A body that is read while it is sent. The user's thread reads, since reading may block; the loop writes.
 *
 * <p>They take turns by {@link #wanted}: the loop sets it when it can take a piece, the user's thread clears it before it hands
 * one over by a task of the loop. So there is one piece in hand and one on its way, whatever the length of the whole.
 */
final class Upload {
    private static final int PIECE = 64 * 1024;
    private static final String LAST_CHUNK = "0\r\n\r\n";
    private static final byte[] NOTHING = {};

    /** Takes the pieces to the network. On the loop's thread. */
    @FunctionalInterface
    interface Writer {
        void write(byte[] piece, boolean last);
    }

    private final InputStream source;
    private final Thread reader = Thread.currentThread();
    private volatile boolean wanted;
    private boolean ended;
    // The loop's own.
    private @Nullable Writer writer;
    private long sentNanos;

    Upload(InputStream source) {
        this.source = source;
    }

    // ---- on the user's thread

    /** Reads a piece and hands it over, if one is wanted; whether it did. */
    boolean advance(Exchange exchange) {
        if (!wanted || ended) {
            return false;
        }
        wanted = false;
        byte[] piece;
        try {
            piece = source.readNBytes(PIECE);
        } catch (IOException | RuntimeException e) {
            ended = true;
            if (isInterrupt(e, exchange)) {
                // Whoever waits for the exchange cancels it, and knows why.
                Thread.currentThread().interrupt();
                return true;
            }
            exchange.pool()
                    .loop()
                    .execute(() -> exchange.failIfPending(
                            Code.CANCELLED, "its body could not be read: " + RootCause.message(e), e));
            return true;
        }
        boolean last = piece.length < PIECE;
        ended = last;
        exchange.pool().loop().execute(() -> {
            Writer w = writer;
            if (w != null) {
                exchange.sample.sends(piece.length);
                w.write(piece, last);
            }
        });
        return true;
    }

    /**
     * Whether the source was left because its reader was interrupted. Some sources clear the thread's status at that; others throw
     * the same where their own time was over, or a thread of theirs was interrupted.
     */
    private static boolean isInterrupt(Exception e, Exchange exchange) {
        boolean saysSo = e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException)
                || e.getCause() instanceof InterruptedException;
        return Thread.currentThread().isInterrupted()
                || saysSo && exchange.client().owner().wasInterrupted();
    }

    /** Whether all of it was read and handed over. */
    boolean isRead() {
        return ended;
    }

    void close() {
        try {
            source.close();
        } catch (IOException e) {
            // All that was wanted of it has been read.
            return;
        }
    }

    // ---- on the loop's thread

    /** The head is on its way: sends the body by {@code w}, until {@link #stop}. */
    void start(Writer w) {
        writer = w;
        want();
    }

    /** The last piece was written, or the next one is wanted. */
    void written(boolean last) {
        if (last) {
            sentNanos = System.nanoTime();
        } else {
            want();
        }
    }

    boolean isSent() {
        return sentNanos != 0;
    }

    /** When the last piece was written; 0 before. */
    long sentNanos() {
        return sentNanos;
    }

    /** Nobody takes any more. */
    void stop() {
        writer = null;
    }

    private void want() {
        wanted = true;
        LockSupport.unpark(reader);
    }

    /** Writes in the chunked coding of HTTP/1.1. */
    void startChunked(Wire wire) {
        start((piece, last) -> wire.sendPart(chunk(piece, last), () -> written(last)));
    }

    private static byte[] chunk(byte[] piece, boolean last) {
        byte[] size = piece.length == 0
                ? NOTHING
                : (Integer.toHexString(piece.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] end =
                (piece.length == 0 ? "" : "\r\n").concat(last ? LAST_CHUNK : "").getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = Arrays.copyOf(size, size.length + piece.length + end.length);
        System.arraycopy(piece, 0, chunk, size.length, piece.length);
        System.arraycopy(end, 0, chunk, size.length + piece.length, end.length);
        return chunk;
    }
}
