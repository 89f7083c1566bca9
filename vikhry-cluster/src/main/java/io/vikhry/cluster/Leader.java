package io.vikhry.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** The lease of the cluster's one leader. */
public final class Leader {
    /** How long a lease lasts without a renewal, in ms. */
    public static final long TTL_MILLIS = 5_000;

    private final Redis redis;
    private final Keys keys;
    private final ClusterClock clock;
    /** The highest token that was given here: one after it is higher, whatever Redis has forgotten. */
    private final AtomicLong highest = new AtomicLong();

    Leader(Redis redis, Keys keys, ClusterClock clock) {
        this.redis = redis;
        this.keys = keys;
        this.clock = clock;
    }

    /** Takes the lease if nobody holds it; {@code name} tells people who leads: {@code host:pid}. */
    public Optional<LeaderLease> acquire(String name) {
        long sent = System.nanoTime();
        Reply reply = redis.eval(
                Script.LEAD, new String[] {keys.leader(), keys.leaderToken()}, name, TTL_MILLIS, highest.get());
        if (reply.number(0) == 0) {
            return Optional.empty();
        }
        highest.accumulateAndGet(reply.number(0), Math::max);
        return Optional.of(new LeaderLease(redis, keys, clock, reply.number(0), reply.number(1), sent));
    }

    /** Whether there was ever a leader, as far as Redis has not lost it. */
    public boolean known() {
        return redis.call(r -> r.exists(keys.leaderToken())) > 0;
    }

    /** Who leads now. */
    public Optional<Holder> current() {
        byte[] held = redis.call(r -> r.get(keys.leader()));
        if (held == null) {
            return Optional.empty();
        }
        long remaining = redis.call(r -> r.pttl(keys.leader()));
        String[] parts = new String(held, StandardCharsets.UTF_8).split("\\|", 2);
        return Optional.of(new Holder(parts[1], Long.parseLong(parts[0]), Math.max(0, remaining)));
    }

    /**
     * Who leads.
     *
     * @param name as given to {@link #acquire}
     * @param token its fencing token
     * @param remainingMillis how long its lease lasts
     */
    public record Holder(String name, long token, long remainingMillis) {}
}
