package io.vikhry.runtime.metrics;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.IntCountsHistogram;
import org.jspecify.annotations.Nullable;

/** The loops' parts of one second, being merged; one thread. */
final class Interval {

    private static final class Sum {
        final Histogram response = histogram();

        @Nullable Histogram service;

        @Nullable PhaseTimes phases;

        final Map<String, Long> codes = new HashMap<>();
        long count;
        long failures;
        long bytesSent;
        long bytesReceived;

        private static Histogram histogram() {
            Histogram histogram = new Histogram(SeriesSlice.DIGITS);
            histogram.setAutoResize(true);
            return histogram;
        }

        void add(SeriesSlice slice) {
            IntCountsHistogram theirs = slice.service;
            if (theirs != null && service == null) {
                service = histogram();
                service.add(response);
            }
            response.add(slice.response);
            if (service != null) {
                service.add(theirs != null ? theirs : slice.response);
            }
            PhaseTimes times = slice.phases;
            if (times != null) {
                if (phases == null) {
                    phases = new PhaseTimes();
                }
                phases.add(times);
            }
            slice.codes.addTo(codes);
            count += slice.count;
            failures += slice.failures;
            bytesSent += slice.bytesSent;
            bytesReceived += slice.bytesReceived;
        }

        SeriesSnapshot snapshot(SeriesKey key) {
            codes.values().removeIf(n -> n == 0);
            return new SeriesSnapshot(
                    key.kind(),
                    key.step(),
                    key.name(),
                    count,
                    failures,
                    codes,
                    bytesSent,
                    bytesReceived,
                    response,
                    service,
                    phases);
        }
    }

    private final Map<SeriesKey, Sum> sums = new LinkedHashMap<>();
    private final ErrorLog errors = new ErrorLog();

    /** Adds a part and gives its slices back to their loop. */
    void add(Recorder.Part part) {
        for (Recorder.Taken taken : part.taken()) {
            sums.computeIfAbsent(taken.series().key(), key -> new Sum()).add(taken.slice());
            taken.series().giveBack(taken.slice());
        }
        errors.addAll(part.errors());
    }

    IntervalSnapshot snapshot(long secondMillis, int activeVus) {
        List<SeriesSnapshot> series = sums.entrySet().stream()
                .map(entry -> entry.getValue().snapshot(entry.getKey()))
                .toList();
        return new IntervalSnapshot(secondMillis, activeVus, series, errors.snapshot(), errors.beyond());
    }
}
