package io.vikhry.cluster;

import java.util.concurrent.TimeUnit;

/**
 * A worker's place in the cluster. What was given to its fence is void for any other, and a lease that has run out never
 * comes back: the worker joins again and gets a higher fence.
 *
 * <p>One thread renews; {@link #deadlineNanos} may be read by any.
 */
public final class WorkerLease {
    private static final long SAFE_NANOS = TimeUnit.MILLISECONDS.toNanos(Leases.TTL_MILLIS - Leases.MARGIN_MILLIS);

    private final Redis redis;
    private final Keys keys;
    private final ClusterClock clock;
    private final String workerId;
    private final long fence;
    private volatile long deadlineNanos;

    WorkerLease(Redis redis, Keys keys, ClusterClock clock, String workerId, long fence, long sentNanos) {
        this.redis = redis;
        this.keys = keys;
        this.clock = clock;
        this.workerId = workerId;
        this.fence = fence;
        this.deadlineNanos = sentNanos + SAFE_NANOS;
    }

    /** The worker. */
    public String workerId() {
        return workerId;
    }

    /** The fence. */
    public long fence() {
        return fence;
    }

    /**
     * The {@link System#nanoTime} after which the worker must not send any more: taken before the last successful renewal was
     * sent, plus the lease's time, minus a margin; so it passes before Redis lets the lease run out.
     */
    public long deadlineNanos() {
        return deadlineNanos;
    }

    /**
     * Extends the lease and says what a worker needs to know to reconcile, in one round trip.
     *
     * @param status what the worker says of itself
     * @param origin the sequence of batches whose cursor is wanted, or {@link BatchOrigin#NONE}
     */
    public Renewal renew(WorkerStatus status, BatchOrigin origin) {
        byte[] json = Json.write(status.withFence(fence));
        long sent = System.nanoTime();
        Reply reply = redis.eval(
                Script.RENEW,
                new String[] {
                    keys.worker(workerId),
                    keys.workers(),
                    keys.state(),
                    keys.scenario(),
                    keys.cursors(origin.runId()),
                    keys.leader(),
                    keys.halt()
                },
                workerId,
                fence,
                json,
                Leases.TTL_MILLIS,
                Leases.KEEP_MILLIS,
                origin.field(),
                origin.aheadField());
        long received = System.nanoTime();
        boolean held = reply.yes(0);
        deadlineNanos = held ? sent + SAFE_NANOS : sent;
        clock.offer(sent, received, reply.number(8) * 1_000_000 + reply.number(9));
        String digest = reply.text(7);
        return new Renewal(
                held,
                reply.state(1),
                reply.number(6),
                reply.number(12),
                digest.isEmpty() ? null : digest,
                reply.yes(10),
                Halts.parse(reply.text(11)));
    }

    /** Leaves the cluster with a last {@code status}; does nothing if the lease is lost already. */
    public void release(WorkerStatus status) {
        deadlineNanos = System.nanoTime();
        redis.eval(
                Script.LEAVE,
                new String[] {keys.worker(workerId), keys.workers()},
                workerId,
                fence,
                Json.write(status.withFence(fence)),
                Leases.LEFT_MILLIS);
    }
}
