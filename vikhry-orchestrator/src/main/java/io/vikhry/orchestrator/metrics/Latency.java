package io.vikhry.orchestrator.metrics;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Latencies of a set of samples, in ms with three decimals. */
public record Latency(double mean, double p50, double p90, double p95, double p99, double p999, double max) {

    /** What {@code micros} holds, or {@code null} if it is empty. */
    static @Nullable Latency of(Histogram micros) {
        if (micros.getTotalCount() == 0) {
            return null;
        }
        return new Latency(
                millis(micros.getMean()),
                millis(micros.getValueAtPercentile(50)),
                millis(micros.getValueAtPercentile(90)),
                millis(micros.getValueAtPercentile(95)),
                millis(micros.getValueAtPercentile(99)),
                millis(micros.getValueAtPercentile(99.9)),
                millis(micros.getMaxValue()));
    }

    static double millis(double micros) {
        return Math.round(micros) / 1000.0;
    }
}
