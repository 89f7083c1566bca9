package io.vikhry.runtime.vu;

import io.vikhry.api.Metric;
import io.vikhry.runtime.metrics.GivenNames;
import io.vikhry.runtime.metrics.Series;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A metric of a scenario's own, which may be given anything. */
final class OwnMetric implements Metric {
    /** Longer ones count as this in any case. */
    private static final Duration LONGEST = Duration.ofDays(1);

    private final String name;
    private final Series series;

    OwnMetric(String name, Series series) {
        this.name = name;
        this.series = series;
    }

    @Override
    public void record(Duration duration) {
        long nanos = nanos(duration);
        series.record(nanos, nanos, false, Outcome.OK, 0, 0);
    }

    @Override
    public void recordFailure(Duration duration, String code) {
        long nanos = nanos(duration);
        series.record(nanos, nanos, true, GivenNames.code("metric \"" + name + "\"", code), 0, 0);
    }

    private long nanos(@Nullable Duration duration) {
        if (duration == null || duration.isNegative()) {
            throw new IllegalArgumentException("metric \"" + name + "\": " + duration + " is no duration of 0 or more");
        }
        return duration.compareTo(LONGEST) < 0 ? duration.toNanos() : LONGEST.toNanos();
    }
}
