package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch.ProbeSample;
import io.vikhry.cluster.IntervalBatch.ProbeType;
import io.vikhry.cluster.IntervalBatch.ProbeValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that one probe saw in a run: figures over all calls, and the newest {@value #KEPT} calls themselves. A worker's late batch is
 * put where its time is, so that calls of several workers stand in order.
 */
final class ProbeSeries {
    static final int KEPT = 20_000;
    /** Removed at once, so that not each call moves all. */
    private static final int SLACK = 1_000;

    private final List<ProbePoint> points = new ArrayList<>();
    private final Map<String, Figures> figures = new LinkedHashMap<>();
    private long count;
    private long failures;
    private @Nullable ProbePoint lastFailure;

    void add(ProbeSample sample) {
        ProbePoint point = ProbePoint.of(sample);
        count++;
        if (!point.ok()) {
            failures++;
            lastFailure = lastFailure == null || lastFailure.t() <= point.t() ? point : lastFailure;
        }
        for (ProbeValue value : sample.values()) {
            figures.computeIfAbsent(value.name(), n -> new Figures(value.type()))
                    .add(point.t(), value.value());
        }
        int at = points.size();
        while (at > 0 && points.get(at - 1).t() > point.t()) {
            at--;
        }
        points.add(at, point);
        if (points.size() > KEPT + SLACK) {
            points.subList(0, SLACK).clear();
        }
    }

    List<ProbePoint> points() {
        return List.copyOf(points.subList(Math.max(0, points.size() - KEPT), points.size()));
    }

    ProbeRow row(String name) {
        List<ProbeRow.Value> values = new ArrayList<>();
        figures.forEach((value, f) -> values.add(f.value(value)));
        return new ProbeRow(
                name,
                null,
                null,
                count,
                failures,
                lastFailure == null ? null : lastFailure.error(),
                points.isEmpty() ? null : points.getLast(),
                values,
                points.subList(Math.max(0, points.size() - ProbeRow.RECENT), points.size()));
    }

    private static final class Figures {
        private final ProbeType type;
        private long count;
        private double sum;
        private double min = Double.POSITIVE_INFINITY;
        private double max = Double.NEGATIVE_INFINITY;
        private double last;
        private long lastAt = Long.MIN_VALUE;

        Figures(ProbeType type) {
            this.type = type;
        }

        void add(long at, double value) {
            count++;
            sum += value;
            min = Math.min(min, value);
            max = Math.max(max, value);
            if (at >= lastAt) {
                last = value;
                lastAt = at;
            }
        }

        ProbeRow.Value value(String name) {
            return new ProbeRow.Value(name, ProbeRow.spell(type), last, min, max, sum / count);
        }
    }
}
