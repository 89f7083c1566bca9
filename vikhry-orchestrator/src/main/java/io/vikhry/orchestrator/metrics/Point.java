package io.vikhry.orchestrator.metrics;

import org.jspecify.annotations.Nullable;

/**
 * One second of the whole cluster, over all requests.
 *
 * @param t start of the second, cluster time in ms since 1970
 * @param users users at work at its end
 * @param debt arrivals that waited at its end; 0 in the closed model
 * @param rps requests that finished in it
 * @param failures those of them that failed
 * @param responseMs response times, or {@code null} without a request
 * @param serviceMs service times, or {@code null} without a request
 * @param arrivals arrivals in it, or {@code null} in the closed model
 */
public record Point(
        long t,
        int users,
        long debt,
        long rps,
        long failures,
        @Nullable Spread responseMs,
        @Nullable Spread serviceMs,
        @Nullable Arrivals arrivals) {

    /** A second of the closed model. */
    public Point(long t, int users, long rps, long failures, @Nullable Spread responseMs, @Nullable Spread serviceMs) {
        this(t, users, 0, rps, failures, responseMs, serviceMs, null);
    }

    /** How many arrivals became due, were begun and were done. */
    public record Arrivals(long intended, long started, long completed) {}

    /** The latencies that a chart draws, in ms. */
    public record Spread(double p50, double p95, double p99, double max) {
        static @Nullable Spread of(Counts micros) {
            if (micros.total() == 0) {
                return null;
            }
            long[] at = micros.atPercentiles(50, 95, 99);
            return new Spread(
                    Latency.millis(at[0]), Latency.millis(at[1]), Latency.millis(at[2]), Latency.millis(micros.max()));
        }
    }
}
