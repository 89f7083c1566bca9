package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch.Phase;
import io.vikhry.cluster.IntervalBatch.PhaseSum;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Where the service times of a series went: sums, which stay exact when they are added, whoever measured them. */
final class Phases {
    private final Map<Phase, Sum> sums = new EnumMap<>(Phase.class);

    void add(List<PhaseSum> added) {
        added.forEach(each ->
                sums.computeIfAbsent(each.phase(), p -> new Sum()).add(each.count(), each.sumNanos(), each.maxNanos()));
    }

    void clear() {
        sums.clear();
    }

    void addAll(Phases that) {
        that.sums.forEach(
                (phase, sum) -> sums.computeIfAbsent(phase, p -> new Sum()).add(sum.count, sum.nanos, sum.maxNanos));
    }

    /** Those that requests went through, in their order; none where nothing was measured. */
    List<PhaseFigures> figures() {
        long all = sums.values().stream().mapToLong(sum -> sum.nanos).sum();
        List<PhaseFigures> figures = new ArrayList<>();
        sums.forEach((phase, sum) -> {
            if (sum.count > 0) {
                figures.add(new PhaseFigures(
                        phase.text(),
                        sum.count,
                        Latency.millis(sum.nanos / 1000.0 / sum.count),
                        Latency.millis(sum.maxNanos / 1000.0),
                        Rates.share(sum.nanos, all)));
            }
        });
        return figures;
    }

    private static final class Sum {
        private long count;
        private long nanos;
        private long maxNanos;

        void add(long more, long theirNanos, long theirMax) {
            count += more;
            nanos += theirNanos;
            maxNanos = Math.max(maxNanos, theirMax);
        }
    }
}
