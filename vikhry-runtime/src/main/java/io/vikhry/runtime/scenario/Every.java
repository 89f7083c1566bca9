package io.vikhry.runtime.scenario;

import java.util.random.RandomGenerator;

/**
 * The time from one intended start of a step to the next: fixed, or uniform in a range.
 *
 * @param text as the author wrote it
 * @param minNanos the shortest, 0 or more
 * @param maxNanos the longest, greater than 0 and not less than {@code minNanos}
 */
public record Every(String text, long minNanos, long maxNanos) {

    /**
     * Reads {@code 1s} or {@code 200ms..1s}.
     *
     * @throws IllegalArgumentException with a message that says what would be right
     */
    public static Every parse(String text) {
        int dots = text.indexOf("..");
        long min = DurationText.parse(dots < 0 ? text : text.substring(0, dots)).toNanos();
        long max = dots < 0 ? min : DurationText.parse(text.substring(dots + 2)).toNanos();
        if (max < min) {
            throw new IllegalArgumentException("\"" + text + "\" ends before it begins: write the shorter one first");
        }
        if (max == 0) {
            throw new IllegalArgumentException("\"" + text + "\" is no time at all: leave \"every\" out");
        }
        return new Every(text.strip(), min, max);
    }

    /** One draw, in ns, both ends included. */
    public long drawNanos(RandomGenerator random) {
        return minNanos == maxNanos ? minNanos : random.nextLong(minNanos, maxNanos + 1);
    }
}
