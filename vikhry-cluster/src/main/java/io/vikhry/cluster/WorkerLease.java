package io.vikhry.cluster;

/**
 * A worker's place in the cluster. What was given to its fence is void for any other, and a lease that has run out never
 * comes back: the worker joins again and gets a higher fence.
 *
 * <p>One thread renews; {@link #deadlineNanos} may be read by any.
 */
public interface WorkerLease {
    /** The worker. */
    String workerId();

    /** The fence. */
    long fence();

    /**
     * The {@link System#nanoTime} after which the worker must not send any more: taken before the last successful renewal was
     * sent, plus the lease's time, minus a margin; so it passes before Redis lets the lease run out.
     */
    long deadlineNanos();

    /**
     * Extends the lease and says what a worker needs to know to reconcile, in one round trip.
     *
     * @param status what the worker says of itself
     * @param origin the sequence of batches whose cursor is wanted, or {@link BatchOrigin#NONE}
     */
    Renewal renew(WorkerStatus status, BatchOrigin origin);

    /** Leaves the cluster; does nothing if the lease is lost already. */
    void release();
}
