package io.vikhry.runtime.vu;

import java.time.Duration;

/**
 * When a user whose {@code onInit} or {@code onStart} failed is started again: after {@code first}, and after each further failure
 * in a row twice as long, up to {@code longest}. So a system that comes back gets its users back, and one that does not is not
 * stormed.
 *
 * @param first the first wait, 10 ms or more
 * @param longest the longest wait
 */
public record StartRetry(Duration first, Duration longest) {
    /** After 1 s, 2 s, 4 s and so on, up to 30 s. */
    public static final StartRetry DEFAULT = new StartRetry(Duration.ofSeconds(1), Duration.ofSeconds(30));

    public StartRetry {
        if (first.toMillis() < 10 || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException("not a policy to retry by: " + first + " up to " + longest);
        }
    }

    /** The wait after that many failures in a row, in ns. */
    long nanosAfter(int failures) {
        long nanos = first.toNanos();
        for (int i = 1; i < failures && nanos < longest.toNanos(); i++) {
            nanos *= 2;
        }
        return Math.min(longest.toNanos(), nanos);
    }
}
