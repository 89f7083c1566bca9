package io.vikhry.cluster;

import java.util.concurrent.TimeUnit;

/**
 * The right to lead the cluster, until it expires. Every change that only a leader may make carries its token, and Redis
 * refuses a token that is not the current one; so a leader that was stopped and continued can do no harm.
 *
 * <p>Safe for use by any thread; one thread should renew, at least every second.
 */
public final class LeaderLease implements AutoCloseable {
    private static final long HELD_NANOS = TimeUnit.MILLISECONDS.toNanos(Leader.TTL_MILLIS - Leases.MARGIN_MILLIS);

    private final Redis redis;
    private final Keys keys;
    private final ClusterClock clock;
    private final long token;
    private final long lastToken;
    private volatile long deadlineNanos;

    LeaderLease(Redis redis, Keys keys, ClusterClock clock, long token, long lastToken, long sentNanos) {
        this.redis = redis;
        this.keys = keys;
        this.clock = clock;
        this.token = token;
        this.lastToken = lastToken;
        this.deadlineNanos = sentNanos + HELD_NANOS;
    }

    /** The fencing token: higher than that of every leader before. */
    public long token() {
        return token;
    }

    /** The token of the leader before this one; 0 if Redis knows of none. */
    public long lastToken() {
        return lastToken;
    }

    /** Extends the lease by its full time, and compares clocks; false if it was lost, for good. */
    public boolean renew() {
        long sent = System.nanoTime();
        boolean held = extend(Leader.TTL_MILLIS);
        deadlineNanos = held ? sent + HELD_NANOS : sent;
        return held;
    }

    /** Whether the lease was renewed recently enough to be surely held, by this machine's monotonic clock. */
    public boolean held() {
        return deadlineNanos - System.nanoTime() > 0;
    }

    /** Gives the lease up, if it is held still. */
    @Override
    public void close() {
        deadlineNanos = System.nanoTime();
        extend(0);
    }

    private boolean extend(long millis) {
        long sent = System.nanoTime();
        Reply reply = redis.eval(Script.LEAD_RENEW, new String[] {keys.leader()}, token, millis);
        clock.offer(sent, System.nanoTime(), reply.number(1) * 1_000_000 + reply.number(2));
        return reply.yes(0);
    }
}
