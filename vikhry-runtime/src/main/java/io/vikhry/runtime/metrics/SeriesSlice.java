package io.vikhry.runtime.metrics;

import org.HdrHistogram.IntCountsHistogram;
import org.jspecify.annotations.Nullable;

/** The samples of one series on one loop between two swaps. One thread at a time: the loop, then the collector. */
final class SeriesSlice {
    static final int DIGITS = 3;
    /** Longer times count as one day, so that a mistaken one cannot make a histogram huge. */
    private static final long MAX_MICROS = 86_400_000_000L;

    final ResultCodes codes = new ResultCodes();
    final IntCountsHistogram response = histogram();
    /** Null while every sample's service time was its response time. */
    @Nullable IntCountsHistogram service;

    /** Null until a phase is recorded: only requests have them. */
    @Nullable PhaseTimes phases;

    long count;
    long failures;
    long bytesSent;
    long bytesReceived;

    private static IntCountsHistogram histogram() {
        IntCountsHistogram histogram = new IntCountsHistogram(DIGITS);
        histogram.setAutoResize(true);
        return histogram;
    }

    void add(long responseNanos, long serviceNanos, boolean failed, long sent, long received) {
        IntCountsHistogram serviceTimes = service;
        if (serviceTimes == null && serviceNanos != responseNanos) {
            serviceTimes = histogram();
            serviceTimes.add(response);
            service = serviceTimes;
        }
        response.recordValue(micros(responseNanos));
        if (serviceTimes != null) {
            serviceTimes.recordValue(micros(serviceNanos));
        }
        count++;
        if (failed) {
            failures++;
        }
        bytesSent += sent;
        bytesReceived += received;
    }

    private static long micros(long nanos) {
        return nanos <= 0 ? 0 : Math.min((nanos + 500) / 1_000, MAX_MICROS);
    }

    void clear() {
        codes.clear();
        response.reset();
        service = null;
        PhaseTimes p = phases;
        if (p != null) {
            p.clear();
        }
        count = 0;
        failures = 0;
        bytesSent = 0;
        bytesReceived = 0;
    }
}
