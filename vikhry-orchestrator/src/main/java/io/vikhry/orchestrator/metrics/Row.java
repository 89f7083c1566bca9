package io.vikhry.orchestrator.metrics;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.vikhry.cluster.IntervalBatch.Kind;

/** The numbers of one series. */
public record Row(
        Kind kind, String step, String name, @JsonUnwrapped Totals totals) {

    /** Whether it counts the samples of names that were too many to be told apart, here or at a worker. */
    public boolean others() {
        return SeriesKey.other(kind).equals(new SeriesKey(kind, step, name));
    }
}
