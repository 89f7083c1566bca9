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
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * How the generators of a run were, from what each said with each of its seconds: so whoever has the batches has the same
 * evidence. Any thread may call.
 */
public final class Generators {
    private final Map<String, Tally> workers = new TreeMap<>();
    /** The newest that each process told; its sums are those of the run so far. */
    private final Map<BatchOrigin, Newest> newest = new HashMap<>();

    private final BitSet told = new BitSet();
    private long firstSecond = -1;
    private Worst worst = new Worst(Condition.HEALTHY, "", List.of());

    private record Newest(long seq, Vitals vitals) {}

    private record Worst(Condition state, String worker, List<String> reasons) {}

    private static final class Tally {
        long seconds;
        long lagging;
        long saturated;
        long parked;
        boolean fallback;
        long lastSecondMillis;
        long offsetLow = Long.MAX_VALUE;
        long offsetHigh = Long.MIN_VALUE;
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

    /** Takes note of a batch that was not here before. */
    public synchronized void add(IntervalBatch batch) {
        noteSecond(batch.secondMillis() / 1000);
        Tally tally = workers.computeIfAbsent(batch.workerId(), id -> new Tally());
        tally.lastSecondMillis = Math.max(tally.lastSecondMillis, batch.secondMillis());
        Vitals vitals = batch.vitals();
        if (vitals == null) {
            return;
        }
        newest.merge(BatchOrigin.of(batch), new Newest(batch.seq(), vitals), (a, b) -> a.seq > b.seq ? a : b);
        tally.offsetLow = Math.min(tally.offsetLow, vitals.clockOffsetMicros());
        tally.offsetHigh = Math.max(tally.offsetHigh, vitals.clockOffsetMicros());
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

    private void noteSecond(long second) {
        if (firstSecond < 0) {
            firstSecond = second;
        }
        long index = second - firstSecond;
        // A clock that was far off at first, or a batch from before the first: neither is a gap.
        if (index >= 0 && index < Integer.MAX_VALUE / 64) {
            told.set((int) index);
        }
    }

    /** Each generator, over the seconds in which it had users. */
    public synchronized List<Evidence.Generator> each() {
        List<Evidence.Generator> each = new ArrayList<>();
        workers.forEach((id, t) -> each.add(new Evidence.Generator(
                id,
                t.seconds,
                t.lagging,
                t.saturated,
                t.why,
                t.parked,
                t.offsetHigh < t.offsetLow ? 0 : (t.offsetHigh - t.offsetLow) / 1000.0,
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

    /** Seconds between the first and the last of which nobody told anything. */
    public synchronized long silentSeconds() {
        return told.length() - told.cardinality();
    }

    /** When the last second ended of which a worker told. */
    public synchronized OptionalLong toldUntil(String workerId) {
        Tally tally = workers.get(workerId);
        return tally == null ? OptionalLong.empty() : OptionalLong.of(tally.lastSecondMillis + 1000);
    }

    private long sum(ToLongFunction<Vitals> count) {
        return newest.values().stream()
                .mapToLong(n -> count.applyAsLong(n.vitals))
                .sum();
    }
}
