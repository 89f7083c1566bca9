package io.vikhry.orchestrator.metrics;

import java.util.SortedMap;
import java.util.TreeMap;

/** Everything known of one series, or of all requests together: two histograms, counters, and the last ten seconds. */
final class Series {
    /** Distinct result codes that are counted by name; the rest is counted together. */
    static final int CODES = 100;

    private final Counts response = new Counts();
    private final Counts service = new Counts();
    private final TreeMap<String, Long> codes = new TreeMap<>();
    private final Phases phases = new Phases();
    private final RecentWindow recent = new RecentWindow();
    private long count;
    private long failures;
    private long bytesSent;
    private long bytesReceived;

    /** Adds what batches said of this series in a second. */
    void add(Sheaf sheaf, long secondMillis, long horizonMillis) {
        response.addAll(sheaf.response);
        service.addAll(sheaf.service);
        count += sheaf.count;
        failures += sheaf.failures;
        bytesSent += sheaf.bytesSent;
        bytesReceived += sheaf.bytesReceived;
        phases.addAll(sheaf.phases);
        sheaf.codes.forEach(this::count);
        recent.add(sheaf, secondMillis, horizonMillis);
    }

    private void count(String code, long samples) {
        codes.merge(codes.containsKey(code) || codes.size() < CODES ? code : "(other)", samples, Long::sum);
    }

    /** Adds all that another series holds, without its last seconds. */
    void addAll(Series that) {
        response.addAll(that.response);
        service.addAll(that.service);
        count += that.count;
        failures += that.failures;
        bytesSent += that.bytesSent;
        bytesReceived += that.bytesReceived;
        phases.addAll(that.phases);
        that.codes.forEach(this::count);
    }

    /** Lets go of what fell out of its last seconds before a horizon. */
    void moveTo(long horizonMillis) {
        recent.moveTo(horizonMillis);
    }

    /** Seconds of which it holds more than the sum. */
    int secondsHeld() {
        return recent.secondsHeld();
    }

    /** Adds what another series holds of the last seconds up to a horizon. */
    void addRecent(Series that, long horizonMillis) {
        that.recent.moveTo(horizonMillis);
        recent.addAll(that.recent);
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
