package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Everything known of one series, or of all requests together: two histograms, counters, and the last ten seconds. */
final class Series {
    /** Distinct result codes that are counted by name; the rest is counted together. */
    static final int CODES = 100;

    private final Histogram response = new Histogram(Samples.DIGITS);
    private final Histogram service = new Histogram(Samples.DIGITS);
    private final TreeMap<String, Long> codes = new TreeMap<>();
    private final Phases phases = new Phases();
    private final RecentWindow recent = new RecentWindow();
    private long count;
    private long failures;
    private long bytesSent;
    private long bytesReceived;

    void add(SeriesDelta delta, Samples samples, long secondMillis, long horizonMillis) {
        response.add(samples.response());
        service.add(samples.service());
        count += delta.count();
        failures += delta.failures();
        bytesSent += delta.bytesSent();
        bytesReceived += delta.bytesReceived();
        phases.add(delta.phases());
        delta.codes()
                .forEach((code, n) ->
                        codes.merge(codes.containsKey(code) || codes.size() < CODES ? code : "(other)", n, Long::sum));
        recent.add(delta, secondMillis, horizonMillis);
    }

    /** Adds all that another series holds, without its last seconds. */
    void addAll(Series that) {
        response.add(that.response);
        service.add(that.service);
        count += that.count;
        failures += that.failures;
        bytesSent += that.bytesSent;
        bytesReceived += that.bytesReceived;
        phases.addAll(that.phases);
        that.codes.forEach((code, n) -> codes.merge(code, n, Long::sum));
    }

    /** The numbers up to now; {@code seconds} is how long the run has taken. */
    Totals totals(double seconds, long horizonMillis) {
        recent.moveTo(horizonMillis);
        SortedMap<String, Long> counted = new TreeMap<>(codes);
        // A correction may leave nothing of a code: a 200 whose check failed afterwards.
        counted.values().removeIf(n -> n == 0);
        return new Totals(
                count,
                failures,
                Rates.perSecond(count, seconds),
                counted,
                bytesSent,
                bytesReceived,
                Latency.of(response),
                Latency.of(service),
                phases.figures(),
                recent.totals(Math.min(seconds, RecentWindow.SECONDS)));
    }
}
