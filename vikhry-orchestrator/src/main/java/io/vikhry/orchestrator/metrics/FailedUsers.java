package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch.Kind;
import java.util.List;
import java.util.Set;

/**
 * Users that ended because their own code threw outside a step: mostly before the first one.
 *
 * @param count all of them
 * @param reasons why, most frequent first; a reason that is too rare to be kept as an error is only counted
 */
public record FailedUsers(long count, List<Reason> reasons) {
    private static final Set<String> OUTSIDE_STEPS = Set.of("onInit", "onStart", "strategy");

    public FailedUsers {
        reasons = List.copyOf(reasons);
    }

    /** Users that ended in the same way. */
    public record Reason(String in, String code, String message, long count) {}

    static FailedUsers of(List<Row> rows, List<ErrorGroup> errors) {
        long count = rows.stream()
                .filter(row -> row.kind() == Kind.LIFECYCLE && OUTSIDE_STEPS.contains(row.name()))
                .map(Row::totals)
                // Whom the end of the run finds in onStart has not failed.
                .mapToLong(totals -> totals.failures() - totals.codes().getOrDefault("CANCELLED", 0L))
                .sum();
        if (count == 0) {
            return new FailedUsers(0, List.of());
        }
        return new FailedUsers(
                count,
                errors.stream()
                        .filter(e -> e.step().isEmpty() && OUTSIDE_STEPS.contains(e.series()))
                        .map(e -> new Reason(e.series(), e.code(), e.message(), e.count()))
                        .toList());
    }
}
