package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.IntervalBatch;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The newest that each origin told of its arrivals: sums from the begin of the run, so that a lost batch loses none. */
final class ArrivalsTold {
    private final Map<BatchOrigin, Told> newest = new HashMap<>();

    private record Told(long seq, long untilMillis, IntervalBatch.Arrivals arrivals) {}

    /** The arrivals since the newest batch of the same origin; {@code null} if that one has told of them. */
    IntervalBatch.@Nullable Arrivals arrived(IntervalBatch batch) {
        IntervalBatch.Arrivals now = batch.arrivals();
        if (now == null) {
            return null;
        }
        BatchOrigin origin = BatchOrigin.of(batch);
        Told before = newest.get(origin);
        if (before != null && before.seq > batch.seq()) {
            return null;
        }
        newest.put(origin, new Told(batch.seq(), batch.secondMillis() + 1000, now));
        return before == null
                ? now
                : new IntervalBatch.Arrivals(
                        now.intended() - before.arrivals.intended(),
                        now.started() - before.arrivals.started(),
                        now.completed() - before.arrivals.completed());
    }

    ArrivalTotals totals() {
        long intended = 0;
        long started = 0;
        long completed = 0;
        for (Told told : newest.values()) {
            intended += told.arrivals.intended();
            started += told.arrivals.started();
            completed += told.arrivals.completed();
        }
        return ArrivalTotals.told(intended, started, completed);
    }

    /** Up to when a worker has told of its arrivals, in cluster time; empty if it never has. */
    OptionalLong until(String workerId) {
        return newest.entrySet().stream()
                .filter(told -> told.getKey().workerId().equals(workerId))
                .mapToLong(told -> told.getValue().untilMillis)
                .max();
    }
}
