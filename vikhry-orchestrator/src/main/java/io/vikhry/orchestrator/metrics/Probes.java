package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch.ProbeSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the probes of a run saw, by name. For one thread at a time. */
final class Probes {
    /** A scenario has 20 probes at most; more can only be somebody's mistake, and are not kept. */
    private static final int LIMIT = 100;

    private final Map<String, ProbeSeries> series = new TreeMap<>();

    void add(ProbeSample sample) {
        if (series.containsKey(sample.probe()) || series.size() < LIMIT) {
            series.computeIfAbsent(sample.probe(), name -> new ProbeSeries()).add(sample);
        }
    }

    /** The figures of each. */
    List<ProbeRow> rows() {
        List<ProbeRow> rows = new ArrayList<>();
        series.forEach((name, seen) -> rows.add(seen.row(name)));
        return rows;
    }

    /** The newest calls of each, in order of time. */
    Map<String, List<ProbePoint>> points() {
        Map<String, List<ProbePoint>> points = new TreeMap<>();
        series.forEach((name, seen) -> points.put(name, seen.points()));
        return points;
    }
}
