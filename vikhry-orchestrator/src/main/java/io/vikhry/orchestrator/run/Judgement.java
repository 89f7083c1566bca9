package io.vikhry.orchestrator.run;

import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.orchestrator.metrics.ArrivalTotals;
import io.vikhry.orchestrator.metrics.Completeness;
import io.vikhry.orchestrator.metrics.ErrorGroup;
import io.vikhry.orchestrator.metrics.Numbers;
import io.vikhry.orchestrator.metrics.Row;
import io.vikhry.orchestrator.verdict.Evidence;
import io.vikhry.orchestrator.verdict.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gathers what a run knows of how its numbers came about, and has it judged. */
final class Judgement {
    private static final Set<String> HOGS = Set.of("HOLDS_LOOP", "PINNED");
    private static final String REFUSED = "NOT_ALLOWED";

    private Judgement() {}

    /** The verdict on {@code run} with its {@code numbers}, at {@code nowMillis} of cluster time or at its end. */
    static Verdict of(Run run, Numbers numbers, long nowMillis) {
        long requests = numbers.totals().count();
        Completeness batches = numbers.completeness();
        ArrivalTotals arrivals = run.arrivals();
        boolean over = run.stopReason() != null;
        return Verdict.of(new Evidence(
                cutShort(run),
                // What has only just begun has measured nothing yet.
                (over || run.elapsedMillis(nowMillis) > 3 * Attendance.SETTLING_MILLIS) && wanted(run),
                samples(numbers),
                new Evidence.Batches(batches.batches(), batches.missingBatches()),
                arrivals == null ? null : arrivals(arrivals, run, nowMillis),
                arrivals == null ? run.attendance.of(run, nowMillis) : null,
                run.generators.starts(),
                run.generators.held(requests),
                numbers.totals().codes().getOrDefault(REFUSED, 0L),
                hogs(numbers.errors()),
                run.generators.each(),
                lost(run),
                run.generators.silentSeconds(over ? run.stoppingSince() - Attendance.COUNTING_MILLIS : nowMillis, over),
                folded(numbers),
                run.folder.unkept(),
                interruptions(run)));
    }

    /**
     * Requests that were made and are not among the numbers: those of lost workers and of batches that did not come.
     *
     * @param about as a worker that died would have left them out: it renewed its lease in time
     * @param atMost if each worker that was lost was cut off before, and worked for as long as its lease allowed
     */
    record Missing(long about, long atMost) {}

    /** What is missing of {@code numbers}. */
    static Missing missing(Run run, Numbers numbers) {
        Completeness batches = numbers.completeness();
        double each = batches.batches() == 0 ? 0 : (double) numbers.totals().count() / batches.batches();
        Course.Folded older = run.mishaps.folded();
        long about = older.requests();
        long atMost = older.atMost();
        Map<BatchOrigin, Long> ofLost = new HashMap<>();
        for (Toll toll : Toll.of(run)) {
            about += toll.requests();
            atMost += toll.atMost();
            ofLost.merge(toll.origin(), toll.batches(), Math::addExact);
        }
        // The last batches of who was lost are among what it took with it, and would count twice.
        long others = batches.missingBatches();
        for (Map.Entry<BatchOrigin, Long> lost : ofLost.entrySet()) {
            others -= Math.min(lost.getValue(), run.numbers.missingAtEnd(lost.getKey()));
        }
        return new Missing(about + Math.round(others * each), atMost + others * run.generators.mostInABatch());
    }

    /** Whether users or arrivals were asked for; a run that was ended before it began has none of them. */
    private static boolean wanted(Run run) {
        return run.load.t0Millis == 0
                ? run.load.targetUsers > 0 || run.load.targetRate > 0
                : run.load.stages.stream().anyMatch(stage -> stage.target() > 0);
    }

    private static List<Evidence.Interrupted> interruptions(Run run) {
        Map<String, Interruption> byKind = new LinkedHashMap<>();
        run.mishaps.interruptions().forEach(each -> byKind.merge(each.what(), each, Interruption::and));
        return byKind.values().stream()
                .map(i -> new Evidence.Interrupted(i.what(), i.times(), i.millis() / 1000.0))
                .toList();
    }

    private static @Nullable String cutShort(Run run) {
        StopReason reason = run.stopReason();
        String why = run.error == null ? "" : ": " + run.error;
        return switch (reason) {
            case null -> null;
            case REQUESTED, DURATION -> null;
            case FAILED -> "failed" + why;
            case ABORTED -> "was aborted by its scenario" + why;
            case KILLED -> "was killed by " + (run.error == null ? "somebody" : run.error);
            case ORPHANED -> "was ended by its workers" + why;
        };
    }

    private static long samples(Numbers numbers) {
        return numbers.rows().stream()
                .filter(row -> row.kind() != Kind.LIFECYCLE)
                .mapToLong(row -> row.totals().count())
                .sum();
    }

    private static long folded(Numbers numbers) {
        return numbers.rows().stream()
                .filter(Row::others)
                .mapToLong(row -> row.totals().count())
                .sum();
    }

    /** While the load goes on, what waits for a moment is no debt yet that will stay. */
    private static Evidence.Arrivals arrivals(ArrivalTotals arrivals, Run run, long nowMillis) {
        double seconds = run.elapsedMillis(nowMillis) / 1000.0;
        boolean young = run.endedAtOrNull() == null && seconds < Attendance.SETTLING_MILLIS / 1000.0;
        return new Evidence.Arrivals(arrivals.intended(), young ? arrivals.intended() : arrivals.started());
    }

    private static Evidence.Hogs hogs(List<ErrorGroup> errors) {
        List<ErrorGroup> hogs =
                errors.stream().filter(e -> HOGS.contains(e.code())).toList();
        return new Evidence.Hogs(
                hogs.stream().mapToLong(ErrorGroup::count).sum(),
                hogs.isEmpty() ? "" : hogs.getFirst().message());
    }

    /** By worker, in the order in which they were lost first; those that are only known added up stand at the end. */
    private static List<Evidence.Lost> lost(Run run) {
        Map<String, Evidence.Lost> byWorker = new LinkedHashMap<>();
        for (Toll toll : Toll.of(run)) {
            String id = toll.origin().workerId();
            byWorker.merge(id, new Evidence.Lost(id, 1, toll.seconds(), toll.requests()), Evidence.Lost::and);
        }
        List<Evidence.Lost> lost = new ArrayList<>(byWorker.values());
        Course.Folded older = run.mishaps.folded();
        if (older.times() > 0) {
            lost.add(new Evidence.Lost("", older.times(), older.seconds(), older.requests()));
        }
        return lost;
    }
}
