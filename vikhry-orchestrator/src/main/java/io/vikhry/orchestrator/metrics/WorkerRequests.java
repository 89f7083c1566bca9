package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The requests that each worker has finished, in all and in its newest seconds. */
final class WorkerRequests {
    private final Map<String, Long> all = new HashMap<>();
    private final Map<String, TreeMap<Long, Long>> recent = new HashMap<>();

    /** Adds what a batch tells; to the newest seconds only if {@code has} says that its second has been. */
    void add(IntervalBatch batch, boolean has) {
        long finished = 0;
        for (SeriesDelta delta : batch.series()) {
            if (delta.kind() == Kind.REQUEST) {
                finished += delta.count();
            }
        }
        all.merge(batch.workerId(), finished, Long::sum);
        if (!has) {
            return;
        }
        TreeMap<Long, Long> seconds = recent.computeIfAbsent(batch.workerId(), w -> new TreeMap<>());
        seconds.merge(batch.secondMillis(), finished, Long::sum);
        while (seconds.size() > 2 * RecentWindow.SECONDS) {
            seconds.pollFirstEntry();
        }
    }

    /** By worker. */
    Map<String, Long> requests() {
        return Map.copyOf(all);
    }

    /** The end of the newest second that a worker has told of, in cluster time; 0 if it has not told of any. */
    long until(String workerId) {
        TreeMap<Long, Long> seconds = recent.get(workerId);
        return seconds == null ? 0 : seconds.lastKey() + 1000;
    }

    /** Requests per second over the last ten seconds up to a horizon, of a load that began at {@code t0Millis}. */
    double recentRps(String workerId, long t0Millis, long horizon) {
        TreeMap<Long, Long> seconds = recent.get(workerId);
        if (seconds == null) {
            return 0;
        }
        long count = seconds.subMap(horizon - (RecentWindow.SECONDS - 1) * 1000L, true, horizon, true).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        return Rates.perSecond(count, Math.min(RecentWindow.SECONDS, (horizon + 1000 - t0Millis) / 1000.0));
    }
}
