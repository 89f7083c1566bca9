package io.vikhry.runtime.vu;

import java.time.Duration;

/**
 * How users are started and ended.
 *
 * @param startSpread over how long the starts of users that are wanted at the same instant are spread, at most; the first 100,000
 *     start no faster than 25,000 a second all the same
 * @param stopTimeout how long a user's {@code onStop} may take before it is interrupted
 * @param interruptGrace how long an interrupted user may take to end before it counts as abandoned
 * @param retry when a user whose preparations failed is started again
 */
public record VuOptions(Duration startSpread, Duration stopTimeout, Duration interruptGrace, StartRetry retry) {
    /** Starts spread over 1 s, 10 s for {@code onStop}, 2 s of grace, failed users again after 1 s and more. */
    public static final VuOptions DEFAULT =
            new VuOptions(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(2), StartRetry.DEFAULT);

    /** These, with another spread of starts. */
    public VuOptions withStartSpread(Duration spread) {
        return new VuOptions(spread, stopTimeout, interruptGrace, retry);
    }

    /** These, with another limit for {@code onStop}. */
    public VuOptions withStopTimeout(Duration timeout) {
        return new VuOptions(startSpread, timeout, interruptGrace, retry);
    }

    /** These, with another grace after an interrupt. */
    public VuOptions withInterruptGrace(Duration grace) {
        return new VuOptions(startSpread, stopTimeout, grace, retry);
    }

    /** These, with another policy for users whose preparations failed. */
    public VuOptions withRetry(StartRetry policy) {
        return new VuOptions(startSpread, stopTimeout, interruptGrace, policy);
    }
}
