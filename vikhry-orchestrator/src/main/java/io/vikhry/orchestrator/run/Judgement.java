package io.vikhry.orchestrator.run;

import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.Leases;
import io.vikhry.cluster.LoadStage;
import io.vikhry.orchestrator.metrics.ArrivalTotals;
import io.vikhry.orchestrator.metrics.Completeness;
import io.vikhry.orchestrator.metrics.ErrorGroup;
import io.vikhry.orchestrator.metrics.Numbers;
import io.vikhry.orchestrator.metrics.Point;
import io.vikhry.orchestrator.verdict.Evidence;
import io.vikhry.orchestrator.verdict.Generators;
import io.vikhry.orchestrator.verdict.Verdict;
import io.vikhry.runtime.load.LoadCurve;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gathers what a run knows of how its numbers came about, and has it judged. */
final class Judgement {
    /** Users start spread over a second, and their first second of work is not whole either. */
    private static final long SETTLING_MILLIS = 2_000;
    /** A worker counts a second's users when its loops have handed the second over, up to a second later. */
    private static final long COUNTING_MILLIS = 1_000;

    /** How often a worker renews its lease. */
    private static final long RENEWAL_MILLIS = 1_000;

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
                (over || run.elapsedMillis(nowMillis) > 3 * SETTLING_MILLIS)
                        && run.load.t0Millis > 0
                        && run.load.stages.stream().anyMatch(stage -> stage.target() > 0),
                samples(numbers),
                new Evidence.Batches(batches.batches(), batches.missingBatches()),
                arrivals == null ? null : arrivals(arrivals, run, nowMillis),
                arrivals == null ? attendance(run, nowMillis) : null,
                run.generators.starts(),
                run.generators.held(requests),
                numbers.totals().codes().getOrDefault(REFUSED, 0L),
                hogs(numbers.errors()),
                run.generators.each(),
                lost(run),
                run.generators.silentSeconds(over ? run.stoppingSince() - COUNTING_MILLIS : nowMillis, over),
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
        List<Gap> gaps =
                run.mishaps.losses().stream().map(loss -> gap(run, loss)).toList();
        return new Missing(
                Math.round(batches.missingBatches() * each)
                        + gaps.stream().mapToLong(Gap::requests).sum(),
                batches.missingBatches() * run.generators.mostInABatch()
                        + gaps.stream().mapToLong(Gap::atMost).sum());
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

    /** While the load goes on, what waits for a moment is no debt yet that will stay. */
    private static Evidence.Arrivals arrivals(ArrivalTotals arrivals, Run run, long nowMillis) {
        double seconds = run.elapsedMillis(nowMillis) / 1000.0;
        boolean young = run.endedAtOrNull() == null && seconds < SETTLING_MILLIS / 1000.0;
        return new Evidence.Arrivals(arrivals.intended(), young ? arrivals.intended() : arrivals.started());
    }

    private static Evidence.@Nullable Attendance attendance(Run run, long nowMillis) {
        if (run.load.t0Millis == 0 || run.generators.quit() > 0) {
            return null;
        }
        long stopping = run.stoppingSince();
        long until = stopping == 0 ? nowMillis - SETTLING_MILLIS : stopping - COUNTING_MILLIS;
        LoadCurve curve = run.load.curve();
        double wanted = 0;
        double present = 0;
        for (Point point : run.numbers.pointsSince(0, nowMillis).points()) {
            long end = point.t() + 1000;
            if (end <= until && settled(run, point.t())) {
                int users = curve.usersAt(end - run.load.t0Millis);
                wanted += users;
                present += Math.min(users, point.users());
            }
        }
        return new Evidence.Attendance(wanted, present);
    }

    private static boolean settled(Run run, long t) {
        long since = t - run.load.t0Millis;
        return run.load.stages.stream()
                .map(LoadStage::atMillis)
                .noneMatch(at -> since < at + SETTLING_MILLIS && since + 1000 + COUNTING_MILLIS > at);
    }

    private static Evidence.Hogs hogs(List<ErrorGroup> errors) {
        List<ErrorGroup> hogs =
                errors.stream().filter(e -> HOGS.contains(e.code())).toList();
        return new Evidence.Hogs(
                hogs.stream().mapToLong(ErrorGroup::count).sum(),
                hogs.isEmpty() ? "" : hogs.getFirst().message());
    }

    private static List<Evidence.Lost> lost(Run run) {
        return run.mishaps.losses().stream()
                .map(loss -> gap(run, loss))
                .map(gap -> new Evidence.Lost(gap.workerId, gap.seconds, gap.requests))
                .toList();
    }

    /**
     * What a lost worker has not told of.
     *
     * @param seconds between the last that it told of and when it stopped working, about
     * @param requests that its users made in that time, about
     * @param atMost requests if it worked for as long as its lease allowed, with those that its users were waiting for
     */
    private record Gap(String workerId, double seconds, long requests, long atMost) {}

    private static Gap gap(Run run, Course.Loss loss) {
        long until = workedUntil(run, loss);
        long latest = lastsUntil(loss);
        Generators.Told told = run.generators.told(loss.workerId(), loss.fence(), loss.lastSeq(), loss.users());
        long toldUntil =
                told.untilMillis() > 0 ? told.untilMillis() : Math.max(run.startedAt(), until - 3 * RENEWAL_MILLIS);
        double seconds = Math.max(0, until - toldUntil) / 1000.0;
        double longest = Math.max(0, latest - toldUntil) / 1000.0;
        return new Gap(
                loss.workerId(),
                seconds,
                Math.round(told.requestsPerSecond() * seconds),
                longest == 0 ? 0 : (long) Math.ceil(told.requestsPerSecond() * longest) + loss.users());
    }

    /**
     * Until when a lost worker has worked, as it seems: for a second after it renewed its lease for the last time or, where it
     * could not renew it because Redis was away, for as long as the lease allowed.
     */
    private static long workedUntil(Run run, Course.Loss loss) {
        long seen = loss.seenMillis();
        long until = seen + RENEWAL_MILLIS + loss.unheardMillis();
        for (Interruption each : run.mishaps.interruptions()) {
            if (each.fromMillis() <= until + RENEWAL_MILLIS && each.toMillis() > seen) {
                until = Math.max(until, each.toMillis());
            }
        }
        return Math.min(until, lastsUntil(loss));
    }

    /** When its lease ended for the worker itself. */
    private static long lastsUntil(Course.Loss loss) {
        return Math.min(loss.atMillis(), loss.seenMillis() + Leases.TTL_MILLIS - Leases.MARGIN_MILLIS);
    }
}
