package io.vikhry.orchestrator.metrics;

import org.jspecify.annotations.Nullable;

/** Latencies of a set of samples, in ms with three decimals. */
public record Latency(double mean, double p50, double p90, double p95, double p99, double p999, double max) {

    /** What {@code micros} holds, or {@code null} if it is empty. */
    static @Nullable Latency of(Counts micros) {
        if (micros.total() == 0) {
            return null;
        }
        long[] at = micros.atPercentiles(50, 90, 95, 99, 99.9);
        return new Latency(
                millis(micros.mean()),
                millis(at[0]),
                millis(at[1]),
                millis(at[2]),
                millis(at[3]),
                millis(at[4]),
                millis(micros.max()));
    }

    static double millis(double micros) {
        return Math.round(micros) / 1000.0;
    }
}
