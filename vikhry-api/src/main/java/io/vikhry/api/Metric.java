package io.vikhry.api;

import java.time.Duration;

/** A series of the author's own. It is cheap to look up and to record; both belong to the user that asked. */
public interface Metric {
    /** Records one successful sample of {@code duration}, 0 or more. */
    void record(Duration duration);

    /** Records one failed sample of {@code duration} with a result code: short, upper case, few different ones. */
    void recordFailure(Duration duration, String code);
}
