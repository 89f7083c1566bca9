package io.vikhry.runtime.vu;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * From when the users of a run on this worker count the periods of each step: when the first of them might begin it.
 *
 * <p>What counts for how evenly users lie is their place in a period that all have in common. Were it counted from when each
 * user came, users who come one every so often would add a pattern of their own to that of their numbers, and for some intervals
 * the two would meet. Any thread may call.
 */
final class Downbeats {
    private static final long NONE = Long.MIN_VALUE;
    /** The golden ratio's fraction, in units of 2 to the power of -64. */
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final AtomicLongArray nanos;

    Downbeats(int steps) {
        this.nanos = new AtomicLongArray(steps);
        for (int i = 0; i < steps; i++) {
            nanos.set(i, NONE);
        }
    }

    /**
     * How long after now user {@code id}, who might begin step {@code i} now, is to begin it: less than a period, and nothing
     * for user 0, who as a rule is the first, and may be the only one.
     */
    long nanosToBegin(int i, int id, long nowNanos, long periodNanos) {
        nanos.compareAndSet(i, NONE, nowNanos);
        if (id == 0) {
            return 0;
        }
        long place = (long) (phase(id) * periodNanos);
        return Math.floorMod(nanos.get(i) + place - nowNanos, periodNanos);
    }

    /**
     * The place of user {@code id} in any period, from 0 to less than 1: its multiple of the golden ratio, without the whole
     * part. So any first users are even, and so are those of one loop among several.
     */
    static double phase(int id) {
        return (id * GOLDEN >>> 11) * 0x1p-53;
    }
}
