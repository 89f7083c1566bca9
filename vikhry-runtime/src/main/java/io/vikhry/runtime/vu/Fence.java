package io.vikhry.runtime.vu;

/**
 * The fence between users and the system under test, open until a deadline that somebody must keep moving.
 *
 * <p>{@link #pass} stands before every request and every step. While the deadline is ahead it costs a volatile read and a
 * clock reading; when it is past, the user parks until {@link #renewUntil} moves it on, or until it is interrupted or the fence
 * is {@linkplain #close closed}. A process that was frozen for longer than its deadline therefore sends nothing when it wakes.
 * The deadline is written by the thread that holds the worker's lease and read by all users.
 */
public final class Fence implements AutoCloseable {
    private volatile long deadlineNanos;

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
     * @throws InterruptedException if the user was interrupted while it waited
     * @throws FenceClosedException if the fence was closed
     */
    public void pass() throws InterruptedException {
        throw new UnsupportedOperationException("" + deadlineNanos);
    }

    /** Opens it until {@link System#nanoTime} reaches {@code nanos}; an earlier deadline than the present one shuts it sooner. */
    public void renewUntil(long nanos) {
        deadlineNanos = nanos;
    }

    /** Whether users pass at this moment. */
    public boolean isOpen() {
        return deadlineNanos - System.nanoTime() > 0;
    }

    /** Lets nobody pass any more; those who wait get {@link FenceClosedException}. */
    @Override
    public void close() {}
}
