package io.vikhry.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The workers of the cluster: each is in it as long as it renews its lease. */
public final class Leases {
    /** How long a lease lasts without a renewal, in ms. */
    public static final long TTL_MILLIS = 5_000;

    /** How long before the end of its lease a worker must stop sending, in ms. */
    public static final long MARGIN_MILLIS = 500;

    /** How long a worker whose lease ran out stays listed, in ms. */
    public static final long KEEP_MILLIS = 60_000;

    /** How long a worker that has left stays listed, in ms: long enough for every leader to see it. */
    static final long LEFT_MILLIS = 3_000;

    private final Redis redis;
    private final Keys keys;
    private final ClusterClock clock;
    /** The highest fence that was given here: one after it is higher, whatever Redis has forgotten. */
    private final AtomicLong highest = new AtomicLong();

    Leases(Redis redis, Keys keys, ClusterClock clock) {
        this.redis = redis;
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * Joins the cluster under a name: a lease with a fence higher than all before.
     *
     * @param first what the worker says of itself until its first renewal; its fence is ignored
     * @throws WorkerIdTakenException while another process holds a lease of that name
     */
    public WorkerLease join(WorkerStatus first) {
        String id = Names.check("worker id", first.workerId());
        long sent = System.nanoTime();
        Reply reply = redis.eval(
                Script.JOIN,
                new String[] {keys.worker(id), keys.workers(), keys.fence()},
                id,
                Json.write(first),
                TTL_MILLIS,
                KEEP_MILLIS,
                highest.get());
        if (!reply.yes(0)) {
            WorkerStatus other = Json.read(reply.bytes(2), WorkerStatus.class, keys.worker(id));
            throw new WorkerIdTakenException(
                    "worker id " + id + " is taken by process " + other.pid() + " on " + other.host()
                            + ": give this worker another --worker-id",
                    reply.number(1));
        }
        highest.accumulateAndGet(reply.number(0), Math::max);
        return new WorkerLease(redis, keys, clock, id, reply.number(0), sent);
    }

    /** All workers that are in the cluster or left it by letting their lease run out less than 60 s ago, by id. */
    public List<WorkerView> workers() {
        List<WorkerView> views = new ArrayList<>();
        for (Reply row : redis.eval(Script.WORKERS, new String[] {keys.workers()}, keys.workerPrefix())
                .rows()) {
            WorkerStatus status = Json.read(row.bytes(3), WorkerStatus.class, keys.workers());
            views.add(new WorkerView(
                    status.withFence(row.number(0)), row.number(1), row.number(2), earlier(row.text(4))));
        }
        views.sort(Comparator.comparing(view -> view.status().workerId()));
        return views;
    }

    /** {@code fence|seen,fence|seen,}. */
    private static Map<Long, Long> earlier(String text) {
        Map<Long, Long> earlier = new HashMap<>();
        for (String lease : text.split(",", -1)) {
            int bar = lease.indexOf('|');
            if (bar > 0) {
                earlier.put(Long.parseLong(lease.substring(0, bar)), Long.parseLong(lease.substring(bar + 1)));
            }
        }
        return earlier;
    }
}
