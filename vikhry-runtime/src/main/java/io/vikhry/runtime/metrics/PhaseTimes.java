package io.vikhry.runtime.metrics;

import java.util.Arrays;

/** How long the phases of requests took, summed: exact under {@link #add(PhaseTimes) merging}. One thread at a time. */
public final class PhaseTimes {
    private static final int PHASES = Phase.values().length;

    private final long[] counts = new long[PHASES];
    private final long[] sums = new long[PHASES];
    private final long[] maxima = new long[PHASES];

    /** Adds one request's phase; nothing where {@code nanos} is negative, for one that the request did not go through. */
    void add(Phase phase, long nanos) {
        if (nanos >= 0) {
            int i = phase.ordinal();
            counts[i]++;
            sums[i] += nanos;
            if (nanos > maxima[i]) {
                maxima[i] = nanos;
            }
        }
    }

    void add(PhaseTimes others) {
        for (int i = 0; i < PHASES; i++) {
            counts[i] += others.counts[i];
            sums[i] += others.sums[i];
            maxima[i] = Math.max(maxima[i], others.maxima[i]);
        }
    }

    void clear() {
        Arrays.fill(counts, 0);
        Arrays.fill(sums, 0);
        Arrays.fill(maxima, 0);
    }

    /** Requests that went through the phase. */
    public long count(Phase phase) {
        return counts[phase.ordinal()];
    }

    /** The time they spent in it together, in ns. */
    public long sumNanos(Phase phase) {
        return sums[phase.ordinal()];
    }

    /** The longest of them, in ns; 0 if there was none. */
    public long maxNanos(Phase phase) {
        return maxima[phase.ordinal()];
    }
}
