package io.vikhry.orchestrator.verdict;

import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.Vitals;
import io.vikhry.cluster.WorkerStatus.Condition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * How the generators of a run were, from what each said with each of its seconds: so whoever has the batches has the same
 * evidence. Any thread may call.
 */
public final class Generators {
    /** Four months. */
    private static final int LONGEST_SECONDS = 10_000_000;

    /** Long enough that users who stand still for a while do not make their worker seem idle. */
    private static final int RECENT_SECONDS = 60;

    private final Map<String, Tally> workers = new TreeMap<>();
    /** The newest that each process told; its sums are those of the run so far. */
    private final Map<BatchOrigin, Newest> newest = new HashMap<>();

    /** What each process told so far. */
    private final Map<BatchOrigin, Sum> sums = new HashMap<>();

    /** What any process would have made at best with so many users, until somebody tells more: asked once for each loss. */
    private final Map<Integer, Double> bests = new HashMap<>();

    private final BitSet told = new BitSet();
    private long t0Millis;
    private long mostInABatch;
    private Worst worst = new Worst(Condition.HEALTHY, "", List.of());

    private record Newest(long seq, Vitals vitals) {}

    private static final class Sum {
        long untilMillis;
        long offsetLow = Long.MAX_VALUE;
        long offsetHigh = Long.MIN_VALUE;
        /** The newest seconds of which it told. */
        final TreeMap<Long, Second> seconds = new TreeMap<>();

        void add(long secondMillis, long requests, int users) {
            seconds.merge(
                    secondMillis,
                    new Second(requests, users),
                    (a, b) -> new Second(a.requests + b.requests, Math.max(a.users, b.users)));
            if (seconds.size() > RECENT_SECONDS) {
                seconds.pollFirstEntry();
            }
        }

        /** What so many users would have made in the best of its seconds; it may have been given more than it has told of. */
        double best(int users) {
            double best = 0;
            int before = 0;
            for (Second second : seconds.values()) {
                int had = Math.max(1, Math.max(before, second.users));
                best = Math.max(best, (double) second.requests * Math.max(had, users) / had);
                before = second.users;
            }
            return best;
        }
    }

    /**
     * What a process told of one second.
     *
     * @param users at its end
     */
    private record Second(long requests, int users) {}

    /**
     * How far a process has told of its work.
     *
     * @param untilMillis when the last second ended of which it told, cluster time; 0 if it has told nothing
     * @param requestsPerSecond how many its users made in the best of its newest seconds, so that what is declared missing is rather too
     *     much than too little; if it has told nothing, what those of the others made at best
     */
    public record Told(long untilMillis, double requestsPerSecond) {}

    private record Worst(Condition state, String worker, List<String> reasons) {}

    private static final class Tally {
        long seconds;
        long lagging;
        long saturated;
        long parked;
        boolean fallback;
        Condition worst = Condition.HEALTHY;
        String why = "";
    }

    /**
     * The worst that any generator said of itself.
     *
     * @param worker which, or empty
     * @param reasons what was not in order with it then
     * @param laggingSeconds seconds in which a worker with users was lagging, added over workers
     * @param saturatedSeconds seconds in which a worker with users was saturated, added over workers
     */
    public record Outcome(
            Condition state, String worker, List<String> reasons, long laggingSeconds, long saturatedSeconds) {}

    /** Says when the load begins, cluster time. */
    public synchronized void start(long t0Millis) {
        this.t0Millis = t0Millis;
    }

    /** Takes note of a batch that was not here before. */
    public synchronized void add(IntervalBatch batch) {
        noteSecond(batch.secondMillis());
        bests.clear();
        Sum sum = sums.computeIfAbsent(BatchOrigin.of(batch), origin -> new Sum());
        sum.untilMillis = Math.max(sum.untilMillis, batch.secondMillis() + 1000);
        long requests = batch.series().stream()
                .filter(series -> series.kind() == IntervalBatch.Kind.REQUEST)
                .mapToLong(IntervalBatch.SeriesDelta::count)
                .sum();
        sum.add(batch.secondMillis(), requests, batch.activeVus());
        mostInABatch = Math.max(mostInABatch, requests);
        Tally tally = workers.computeIfAbsent(batch.workerId(), id -> new Tally());
        Vitals vitals = batch.vitals();
        if (vitals == null) {
            return;
        }
        newest.merge(BatchOrigin.of(batch), new Newest(batch.seq(), vitals), (a, b) -> a.seq > b.seq ? a : b);
        sum.offsetLow = Math.min(sum.offsetLow, vitals.clockOffsetMicros());
        sum.offsetHigh = Math.max(sum.offsetHigh, vitals.clockOffsetMicros());
        tally.fallback |= vitals.fallback();
        if (batch.activeVus() == 0) {
            return;
        }
        tally.seconds++;
        tally.parked += vitals.parked() ? 1 : 0;
        switch (vitals.condition()) {
            case HEALTHY -> {
                // Nothing to tell.
            }
            case LAGGING -> tally.lagging++;
            case SATURATED -> tally.saturated++;
        }
        if (vitals.condition().compareTo(tally.worst) > 0) {
            tally.worst = vitals.condition();
            tally.why = vitals.reasons().isEmpty() ? "" : vitals.reasons().getFirst();
        }
        if (vitals.condition().compareTo(worst.state) > 0) {
            worst = new Worst(vitals.condition(), batch.workerId(), vitals.reasons());
        }
    }

    private void noteSecond(long secondMillis) {
        long index = index(secondMillis);
        // What a clock that is far off says is of no second of the run.
        if (t0Millis > 0 && index >= 0 && index < LONGEST_SECONDS) {
            told.set((int) index);
        }
    }

    private long index(long millis) {
        return Math.floorDiv(millis, 1000L) - Math.floorDiv(t0Millis, 1000L);
    }

    /** Each generator, over the seconds in which it had users. */
    public synchronized List<Evidence.Generator> each() {
        // A clock is a process': the next under its name may be on another machine.
        Map<String, Long> clockMoved = new HashMap<>();
        sums.forEach((origin, sum) ->
                clockMoved.merge(origin.workerId(), Math.max(0, sum.offsetHigh - sum.offsetLow), Math::max));
        List<Evidence.Generator> each = new ArrayList<>();
        workers.forEach((id, t) -> each.add(new Evidence.Generator(
                id,
                t.seconds,
                t.lagging,
                t.saturated,
                t.why,
                t.parked,
                clockMoved.getOrDefault(id, 0L) / 1000.0,
                t.fallback)));
        return each;
    }

    /** The worst of all, for the report. */
    public synchronized Outcome outcome() {
        return new Outcome(
                worst.state,
                worst.worker,
                worst.reasons,
                workers.values().stream().mapToLong(t -> t.lagging).sum(),
                workers.values().stream().mapToLong(t -> t.saturated).sum());
    }

    /** Users that were started, and those of them that failed to. */
    public synchronized Evidence.Starts starts() {
        return new Evidence.Starts(sum(Vitals::startedVus), sum(Vitals::failedVus));
    }

    /** Users that the scenario itself ended. */
    public synchronized long quit() {
        return sum(Vitals::quitVus);
    }

    /** What the limit of requests per second held back, of {@code requests}. */
    public synchronized Evidence.Held held(long requests) {
        return new Evidence.Held(sum(Vitals::heldRequests), requests, sum(Vitals::heldMillis));
    }

    /**
     * Seconds of the run of which nobody told anything.
     *
     * @param untilMillis the end of the load, or the present moment; cluster time
     * @param over whether the load has ended: if not, the newest seconds may still be told of
     */
    public synchronized long silentSeconds(long untilMillis, boolean over) {
        if (t0Millis == 0 || untilMillis <= t0Millis) {
            return 0;
        }
        int last = (int) Math.min(index(untilMillis), LONGEST_SECONDS);
        int until = over ? last : told.previousSetBit(last) + 1;
        return until - told.get(0, until).cardinality();
    }

    /**
     * How far a process has told of its work.
     *
     * @param users how many it had last, if it had as many; 0 in the open model
     */
    public synchronized Told told(BatchOrigin origin, int users) {
        Sum own = sums.get(origin);
        double best = own == null ? 0 : own.best(users);
        return new Told(own == null ? 0 : own.untilMillis, best > 0 ? best : bests.computeIfAbsent(users, this::best));
    }

    private double best(int users) {
        return sums.values().stream()
                .mapToDouble(each -> each.best(users))
                .max()
                .orElse(0);
    }

    /** The most requests that any batch told of. */
    public synchronized long mostInABatch() {
        return mostInABatch;
    }

    private long sum(ToLongFunction<Vitals> count) {
        return newest.values().stream()
                .mapToLong(n -> count.applyAsLong(n.vitals))
                .sum();
    }
}
