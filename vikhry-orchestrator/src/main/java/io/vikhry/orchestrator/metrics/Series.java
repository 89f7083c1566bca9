package io.vikhry.orchestrator.metrics;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** Everything known of one series, or of all requests together: two histograms, counters, and the last ten seconds. */
final class Series {
    /** Distinct result codes that are counted by name; the rest is counted together. */
    static final int CODES = 100;

    private static final String OTHER = "(other)";

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
    void add(Sheaf sheaf) {
        response.addAll(sheaf.response);
        service.addAll(sheaf.service);
        count += sheaf.count;
        failures += sheaf.failures;
        bytesSent += sheaf.bytesSent;
        bytesReceived += sheaf.bytesReceived;
        phases.addAll(sheaf.phases);
        sheaf.codes.forEach((code, samples) ->
                codes.merge(codes.containsKey(code) || codes.size() < CODES ? code : OTHER, samples, Long::sum));
    }

    /** Adds the same to its last seconds. */
    void addRecent(Sheaf sheaf, long secondMillis, long horizonMillis) {
        recent.add(sheaf, secondMillis, horizonMillis);
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
        that.codes.forEach((code, samples) -> codes.merge(code, samples, Long::sum));
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
        return new Totals(
                count,
                failures,
                Rates.perSecond(count - recent.ahead(), seconds),
                codes(),
                bytesSent,
                bytesReceived,
                Latency.of(response),
                Latency.of(service),
                phases.figures(),
                recent.totals(Math.min(seconds, RecentWindow.SECONDS)));
    }

    /** The most frequent codes, and the rest of them counted together. */
    private SortedMap<String, Long> codes() {
        TreeMap<String, Long> counted = new TreeMap<>(codes);
        // A correction may leave nothing of a code: a 200 whose check failed afterwards. Where the 200 was lost,
        // it would leave less than nothing.
        counted.values().removeIf(n -> n <= 0);
        if (counted.size() > CODES + 1) {
            long rest = counted.getOrDefault(OTHER, 0L);
            counted.remove(OTHER);
            List<String> rare = counted.keySet().stream()
                    .sorted(Comparator.comparing(counted::get, Comparator.reverseOrder()))
                    .skip(CODES)
                    .toList();
            for (String code : rare) {
                rest += Objects.requireNonNull(counted.remove(code));
            }
            counted.put(OTHER, rest);
        }
        return counted;
    }
}
