package io.vikhry.runtime.vu;

import io.vikhry.runtime.http.Gate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The fence between users and the system under test, open until a deadline that somebody must keep moving.
 *
 * <p>{@link #pass} stands before every request and every step. While the deadline is ahead it costs a volatile read and a
 * clock reading; when it is past, the user parks until {@link #renewUntil} moves it on, or until it is interrupted or the fence
 * is {@linkplain #close closed}. A process that was frozen for longer than its deadline therefore sends nothing when it wakes.
 *
 * <p>The deadline is written by the thread that holds the worker's lease and read by all users. A user that finds it past
 * enters itself among the waiting and reads it once more before it parks; the writer moves the deadline before it wakes those
 * who wait: so one of the two always sees the other, and no wake-up is lost. Renewing and closing exclude each other, so a
 * closed fence never opens again.
 */
public final class Fence implements Gate, AutoCloseable {
    private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
    private volatile long deadlineNanos;
    private volatile boolean closed;

    private Fence(long deadlineNanos) {
        this.deadlineNanos = deadlineNanos;
    }

    /** A fence that lets nobody pass until it is renewed. */
    public static Fence shut() {
        return new Fence(System.nanoTime());
    }

    /** A fence for a run without a cluster: open until it is closed. */
    public static Fence open() {
        return new Fence(System.nanoTime() + Long.MAX_VALUE / 2);
    }

    /**
     * Returns at once while the deadline is ahead, else waits.
     *
     * @throws CancelledException if the user was interrupted while it waited; it is still marked as interrupted
     * @throws FenceClosedException if the fence was closed
     */
    @Override
    public void pass() {
        if (deadlineNanos - System.nanoTime() <= 0) {
            await(() -> {
                if (Thread.currentThread().isInterrupted()) {
                    throw new CancelledException("interrupted while its worker had no lease");
                }
                return false;
            });
            if (closed) {
                throw new FenceClosedException();
            }
        }
    }

    @Override
    public long openNow() {
        // First the deadline, then the clock: a process that is frozen between them finds the deadline past.
        long deadline = deadlineNanos;
        long now = System.nanoTime();
        return deadline - now > 0 && !closed ? now : SHUT;
    }

    /** Opens it until {@link System#nanoTime} reaches {@code nanos}; an earlier deadline than the present one shuts it sooner. */
    public void renewUntil(long nanos) {
        synchronized (waiting) {
            if (closed) {
                return;
            }
            deadlineNanos = nanos;
        }
        waiting.forEach(LockSupport::unpark);
    }

    /** Whether users pass at this moment. */
    @Override
    public boolean isOpen() {
        return deadlineNanos - System.nanoTime() > 0 && !closed;
    }

    /** Whether it was closed. */
    public boolean isClosed() {
        return closed;
    }

    /** Lets nobody pass any more, whatever is renewed later; those who wait get {@link FenceClosedException}. */
    @Override
    public void close() {
        synchronized (waiting) {
            closed = true;
            deadlineNanos = System.nanoTime();
        }
        waiting.forEach(LockSupport::unpark);
    }

    /** Waits until the fence is open or closed, or {@code enough} says so; it is asked again whenever the thread is unparked. */
    void await(BooleanSupplier enough) {
        Thread me = Thread.currentThread();
        while (!isOpen() && !closed && !enough.getAsBoolean()) {
            waiting.add(me);
            try {
                if (!isOpen() && !closed && !enough.getAsBoolean()) {
                    LockSupport.park(this);
                }
            } finally {
                waiting.remove(me);
            }
        }
    }
}
