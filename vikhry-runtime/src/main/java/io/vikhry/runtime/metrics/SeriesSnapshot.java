package io.vikhry.runtime.metrics;

import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The samples of one series in one second.
 *
 * @param kind what it counts
 * @param step the step in which it happened; empty outside steps, and for steps themselves
 * @param name the series' name
 * @param count samples
 * @param failures samples that failed
 * @param codes samples by result code; adds up to {@code count}. A number is negative where {@link Series#failCheck} moved a
 *     sample of an earlier second
 * @param bytesSent bytes sent, heads included
 * @param bytesReceived bytes received, heads included
 * @param response response times (from the intended start) in µs
 * @param service service times (from the actual start) in µs; {@code null} if equal to {@code response}
 * @param phases where the service times went; {@code null} if none was recorded, as for a step
 */
public record SeriesSnapshot(
        Kind kind,
        String step,
        String name,
        long count,
        long failures,
        Map<String, Long> codes,
        long bytesSent,
        long bytesReceived,
        Histogram response,
        @Nullable Histogram service,
        @Nullable PhaseTimes phases) {
    public SeriesSnapshot {
        codes = Map.copyOf(codes);
    }
}
