package io.vikhry.orchestrator.metrics;

import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Numbers over the whole run so far.
 *
 * @param count samples
 * @param failures samples that failed
 * @param rps samples per second of the run
 * @param codes samples by result code
 * @param bytesSent bytes sent
 * @param bytesReceived bytes received
 * @param responseMs response times, or {@code null} without a sample
 * @param serviceMs service times, or {@code null} without a sample
 * @param phases where the service times went, in the order of the phases; empty where none was measured
 * @param recent the same over the last ten seconds
 */
public record Totals(
        long count,
        long failures,
        double rps,
        SortedMap<String, Long> codes,
        long bytesSent,
        long bytesReceived,
        @Nullable Latency responseMs,
        @Nullable Latency serviceMs,
        List<PhaseFigures> phases,
        Recent recent) {
    public Totals {
        phases = List.copyOf(phases);
    }

    /** Numbers over the last ten seconds of the run. */
    public record Recent(
            long count,
            long failures,
            double rps,
            @Nullable Latency responseMs,
            @Nullable Latency serviceMs) {}
}
