package io.vikhry.runtime.probe;

import io.vikhry.runtime.scenario.ProbeValue;
import java.util.List;

/**
 * What one call of a probe came to.
 *
 * @param probe the probe's name
 * @param atMillis when it began, cluster time in ms since 1970
 * @param elapsedMicros how long it took
 * @param outcome how it ended
 * @param values what it saw; none if it failed or returns nothing
 * @param error why it failed, one line; else empty
 */
public record ProbeSample(
        String probe, long atMillis, long elapsedMicros, Outcome outcome, List<ProbeValue> values, String error) {
    private static final int MESSAGE_CHARS = 300;

    public ProbeSample {
        values = List.copyOf(values);
    }

    /** The first line of {@code error}, cut after 300 characters. */
    static String line(String error) {
        String first = error.lines().findFirst().orElse("").strip();
        return first.length() <= MESSAGE_CHARS ? first : first.substring(0, MESSAGE_CHARS - 1) + "…";
    }

    /** How a call ended. */
    public enum Outcome {
        /** It returned. */
        OK,
        /** It threw, or returned what is no value. */
        FAILED,
        /** It was cut off by its timeout. */
        TIMEOUT
    }
}
