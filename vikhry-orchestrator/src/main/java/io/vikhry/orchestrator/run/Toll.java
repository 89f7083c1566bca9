package io.vikhry.orchestrator.run;

import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.Leases;
import io.vikhry.orchestrator.verdict.Generators;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a lost worker took with it: the work of its users between the last that it told of and when it stopped. It grows less if
 * the worker is back and tells.
 *
 * @param origin the sequence of batches that it left
 * @param seconds that are missing, about
 * @param requests that its users made in that time, about
 * @param atMost requests if it worked for as long as its lease allowed, with those that its users were waiting for
 * @param batches how many batches tell of the longest such time: where they were made, they are what is missing here
 */
record Toll(BatchOrigin origin, double seconds, long requests, long atMost, long batches) {
    /** How often a worker renews its lease, and how often it makes a batch. */
    private static final long SECOND_MILLIS = 1_000;

    /** How long a worker of which nobody has heard anything may have worked before its lease was renewed last. */
    private static final long UNTOLD_SECONDS = 2;

    /** Whether nothing is missing any more, so that it stays so. */
    boolean settled() {
        return atMost == 0;
    }

    /** Of each of the run's losses, in their order. */
    static List<Toll> of(Run run) {
        List<Toll> tolls = new ArrayList<>();
        // A process that lost its lease and had another later did nothing in between.
        Map<BatchOrigin, Long> accounted = new HashMap<>();
        for (Course.Loss loss : run.mishaps.losses()) {
            BatchOrigin origin = run.departures.origin(loss);
            tolls.add(of(run, loss, origin, accounted.getOrDefault(origin, 0L)));
            accounted.merge(origin, lastsUntil(loss), Math::max);
        }
        return tolls;
    }

    private static Toll of(Run run, Course.Loss loss, BatchOrigin origin, long accountedMillis) {
        Generators.Told told = run.generators.told(origin, loss.users());
        long latest = lastsUntil(loss);
        long from = Math.max(accountedMillis, toldUntil(run, loss, told));
        double longest = Math.max(0, latest - from) / 1000.0;
        // Fences are numbers of Redis' clock, unless that was put back: then they say nothing.
        long joined = loss.fence() <= loss.seenMillis() ? loss.fence() : 0;
        double seconds = Math.max(0, workedUntil(run, loss) - Math.max(from, joined)) / 1000.0;
        return new Toll(
                origin,
                seconds,
                Math.round(told.requestsPerSecond() * seconds),
                longest == 0 ? 0 : (long) Math.ceil(told.requestsPerSecond() * longest) + loss.users(),
                (long) Math.ceil(longest));
    }

    /** Until when it has told of its work; if it has told of nothing, since when it may have worked. */
    private static long toldUntil(Run run, Course.Loss loss, Generators.Told told) {
        if (told.untilMillis() > 0) {
            return told.untilMillis();
        }
        long untold = Math.max(0, loss.lastSeq()) + UNTOLD_SECONDS;
        return Math.max(run.startedAt(), loss.seenMillis() - untold * SECOND_MILLIS);
    }

    /**
     * Until when a lost worker has worked, as it seems: for a second after it renewed its lease for the last time or, where it
     * could not renew it because Redis was away, for as long as the lease allowed.
     */
    private static long workedUntil(Run run, Course.Loss loss) {
        long seen = loss.seenMillis();
        long until = seen + SECOND_MILLIS + loss.unheardMillis();
        for (Interruption each : run.mishaps.interruptions()) {
            if (each.fromMillis() <= until + SECOND_MILLIS && each.toMillis() > seen) {
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
