package io.vikhry.runtime.http;

import io.vikhry.api.HttpException.Code;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A body that is read while it comes: the loop puts pieces in, the user's thread takes them out.
 *
 * <p>Above {@value #HIGH} bytes held the loop stops the {@link Tap}, and the taker has it opened again at {@value #LOW}. The loop sets
 * {@link #stopped} and then looks once more at what is held; the taker lowers that and then looks at {@link #stopped}: so one of
 * the two sees the other, and a stopped tap does not stay so. What the exchange learned from the head is written before
 * {@link #begun}, and read after it.
 */
final class Download implements BodySink {
    static final int HIGH = 256 * 1024;
    static final int LOW = 64 * 1024;

    /** Where the bytes come from. On the loop's thread. */
    interface Tap {
        void hold();

        void flow();
    }

    private final Exchange exchange;
    private volatile Thread reader = Thread.currentThread();
    private final ConcurrentLinkedQueue<byte[]> pieces = new ConcurrentLinkedQueue<>();
    private final AtomicInteger held = new AtomicInteger();
    private volatile boolean stopped;
    private volatile boolean begun;
    // The loop's own.
    private @Nullable Tap tap;
    private boolean unwanted;
    private @Nullable String failedCheck;

    Download(Exchange exchange) {
        this.exchange = exchange;
    }

    // ---- on the loop's thread

    /** The pieces will come from {@code t}. */
    void from(Tap t) {
        tap = t;
    }

    @Override
    public void begin(int status, byte[] head, boolean setsCookie, boolean encoded) {
        if (exchange.redirectsAreFine && Redirects.isRedirect(status)) {
            // Nobody reads the body of a response that sends one elsewhere.
            unwanted = true;
            return;
        }
        exchange.head(status, head, setsCookie, encoded);
        begun = true;
        LockSupport.unpark(reader);
    }

    @Override
    public void piece(byte[] bytes) {
        if (unwanted) {
            return;
        }
        pieces.add(bytes);
        Tap t = tap;
        if (held.addAndGet(bytes.length) >= HIGH && !stopped && t != null) {
            stopped = true;
            t.hold();
            openIfLow();
        }
        LockSupport.unpark(reader);
    }

    /** Whether pieces come faster than they are taken. */
    boolean isStopped() {
        return stopped;
    }

    /** The exchange is done: nothing comes any more. */
    void over() {
        tap = null;
        // Either this sees who reads, or the reader sees that it is over.
        VarHandle.fullFence();
        LockSupport.unpark(reader);
    }

    /** The code of a check that failed while the body was still coming. */
    @Nullable String failedCheck() {
        return failedCheck;
    }

    private void openIfLow() {
        Tap t = tap;
        if (stopped && held.get() <= LOW && t != null) {
            stopped = false;
            t.flow();
        }
    }

    // ---- on the user's thread

    /** Whether the head was there, of a response that is wanted. */
    boolean hasBegun() {
        return begun;
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    /**
     * The next piece, or null when there are no more: the exchange is complete, or it failed. Parks until then; an interrupt
     * cancels the exchange, and the thread's interrupt status is set again on return.
     *
     * @param stallNanos how long to wait at most, or 0
     */
    byte @Nullable [] take(long stallNanos) {
        readByMe();
        boolean interrupted = false;
        long start = System.nanoTime();
        long left = stallNanos;
        byte[] piece = poll();
        while (piece == null && !exchange.isDone()) {
            if (stallNanos == 0 || left <= 0) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, left);
                left = stallNanos - (System.nanoTime() - start);
                if (left <= 0) {
                    exchange.pool().loop().execute(this::stalled);
                }
            }
            if (Thread.interrupted()) {
                interrupted = true;
                exchange.waiter.interrupt();
            }
            piece = poll();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        // The last piece came before the end, and may have come after the look for it.
        return piece != null ? piece : poll();
    }

    /** Counts the exchange as failed by a check, now or when it is over; without an effect where it has failed otherwise. */
    void failCheck(String code, String what) {
        exchange.pool().loop().execute(() -> {
            boolean over = exchange.isDone();
            if (failedCheck == null && !(over && exchange.sample.hasFailed())) {
                failedCheck = code;
                exchange.sample.checkFailed(exchange, code, what, over);
            }
        });
    }

    /** Wants no more of it: it is complete as it stands. */
    void endEarly() {
        if (!exchange.isDone()) {
            exchange.pool().loop().execute(exchange::completeAsItStands);
        }
    }

    private void stalled() {
        if (pieces.isEmpty()) {
            exchange.failIfPending(Code.TIMEOUT, "no byte of the body within the stall timeout", null);
        }
    }

    /** The calling thread is to be woken from now on; it looks for pieces, and for the end, after that. */
    private void readByMe() {
        Thread me = Thread.currentThread();
        if (reader != me) {
            reader = me;
            VarHandle.fullFence();
        }
    }

    private byte @Nullable [] poll() {
        byte[] piece = pieces.poll();
        if (piece != null && held.addAndGet(-piece.length) <= LOW && stopped) {
            exchange.pool().loop().execute(this::openIfLow);
        }
        return piece;
    }
}
