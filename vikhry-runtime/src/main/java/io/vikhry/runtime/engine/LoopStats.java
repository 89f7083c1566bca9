package io.vikhry.runtime.engine;

import org.HdrHistogram.IntCountsHistogram;

/**
 * What a loop knows of its own pace. Written by the loop's thread alone; {@link #mounted} and {@link #continuations} may be read
 * by others, who may see them a little late.
 */
final class LoopStats {
    private static final long MAX_LAG_MICROS = 60_000_000;

    /** Virtual threads resumed so far. */
    long continuations;

    private IntCountsHistogram lagMicros = newHistogram();
    private long busyNanos;
    private long sinceNanos = System.nanoTime();

    private static IntCountsHistogram newHistogram() {
        IntCountsHistogram histogram = new IntCountsHistogram(2);
        histogram.setAutoResize(true);
        return histogram;
    }

    /** Adds one round: {@code busy} from the return of the wait to the next wait. Whatever came up meanwhile waited that long. */
    void round(long busy) {
        busyNanos += busy;
        lag(busy);
    }

    void idleRound(long busy) {
        busyNanos += busy;
    }

    /**
     * Adds a lateness by its own length, so that percentiles are over time, not over rounds: a loop that stands still for 80 ms
     * of each 100 has been 80 ms late for most of the time, however many short rounds it makes in the rest.
     */
    void lag(long nanos) {
        long micros = Math.clamp(nanos / 1_000, 0, MAX_LAG_MICROS);
        lagMicros.recordValueWithCount(micros, Math.max(1, micros));
    }

    /**
     * The pace since the last call.
     *
     * @param utilisation busy share, 0 to 1
     * @param lagP99Micros p99 over time of how late the loop would have come to something that arrived
     * @param lagMaxMicros the worst
     */
    record Pace(double utilisation, long lagP99Micros, long lagMaxMicros) {}

    Pace take() {
        long now = System.nanoTime();
        long wall = Math.max(1, now - sinceNanos);
        lagMicros.recordValueWithCount(0, Math.max(0, wall - busyNanos) / 1_000);
        Pace pace = new Pace(
                Math.clamp((double) busyNanos / wall, 0, 1),
                lagMicros.getTotalCount() == 0 ? 0 : lagMicros.getValueAtPercentile(99),
                lagMicros.getTotalCount() == 0 ? 0 : lagMicros.getMaxValue());
        lagMicros.reset();
        busyNanos = 0;
        sinceNanos = now;
        return pace;
    }
}
