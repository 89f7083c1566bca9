package io.vikhry.runtime.metrics;

import java.util.List;

/**
 * What one JVM measured in one second of cluster time.
 *
 * @param secondMillis start of the second, cluster time in ms since 1970, a multiple of 1000
 * @param activeVus users at work at the end of the second
 * @param series what was recorded, by series; without those that had no sample
 * @param errors at most 20 distinct errors
 * @param errorsBeyond errors that found no room among the 20
 */
public record IntervalSnapshot(
        long secondMillis, int activeVus, List<SeriesSnapshot> series, List<ErrorSnapshot> errors, long errorsBeyond) {
    public IntervalSnapshot {
        series = List.copyOf(series);
        errors = List.copyOf(errors);
    }
}
