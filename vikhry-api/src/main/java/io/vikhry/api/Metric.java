package io.vikhry.api;

import java.time.Duration;

/** A series of the author's own. It is cheap to look up and to record; both belong to the user that asked. */
public interface Metric {
    /** Records one successful sample of {@code duration}: 0 or more, to the microsecond; more than a day counts as a day. */
    void record(Duration duration);

    /**
     * Records one failed sample of {@code duration}.
     *
     * @param code upper case, of few different ones: not blank; what is longer than 64 characters is cut
     */
    void recordFailure(Duration duration, String code);
}
