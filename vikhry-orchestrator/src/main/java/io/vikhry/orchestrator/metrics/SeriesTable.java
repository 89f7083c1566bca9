package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The series of a run, as many as are told apart. For one thread at a time. */
final class SeriesTable {
    /** Series of a kind that are told apart; the samples of further ones are counted in one {@code (other)} series. */
    static final int LIMIT = 2000;

    private final Map<SeriesKey, Series> series = new TreeMap<>();
    /** The same, to be found quickly. */
    private final Map<SeriesKey, Series> seriesByKey = new HashMap<>();

    private final Map<Kind, Integer> ofKind = new EnumMap<>(Kind.class);

    /** The series that counts the samples of a key. */
    Series of(SeriesKey key) {
        Series known = seriesByKey.get(key);
        if (known != null) {
            return known;
        }
        // A kind by itself: names that requests make up must not take the place of a step that is seen late.
        int others = ofKind.getOrDefault(key.kind(), 0);
        SeriesKey place = others < LIMIT ? key : SeriesKey.other(key.kind());
        Series found = series.computeIfAbsent(place, k -> {
            ofKind.put(k.kind(), others + 1);
            return new Series();
        });
        seriesByKey.put(place, found);
        return found;
    }

    /** Lets go of what fell out of the last seconds before a horizon. */
    void moveTo(long horizonMillis) {
        series.values().forEach(s -> s.moveTo(horizonMillis));
    }

    /** The most seconds that one series holds in more than their sum. */
    int secondsHeld() {
        return series.values().stream().mapToInt(Series::secondsHeld).max().orElse(0);
    }

    /** The numbers of each, by kind, step and name; {@code seconds} is how long the run has taken. */
    List<Row> rows(double seconds, long horizonMillis) {
        List<Row> rows = new ArrayList<>();
        series.forEach((key, s) -> rows.add(row(key, s, seconds, horizonMillis)));
        return rows;
    }

    /** The numbers of those of one kind. */
    List<Row> rows(Kind kind, double seconds, long horizonMillis) {
        List<Row> rows = new ArrayList<>();
        series.forEach((key, s) -> {
            if (key.kind() == kind) {
                rows.add(row(key, s, seconds, horizonMillis));
            }
        });
        return rows;
    }

    private static Row row(SeriesKey key, Series series, double seconds, long horizonMillis) {
        return new Row(key.kind(), key.step(), key.name(), series.totals(seconds, horizonMillis));
    }

    /** All requests as one series. Added up when it is read, once a second or so, and not with each batch. */
    Totals requests(double seconds, long horizonMillis) {
        Series all = new Series();
        series.forEach((key, s) -> {
            if (key.kind() == Kind.REQUEST) {
                all.addAll(s);
                all.addRecent(s, horizonMillis);
            }
        });
        return all.totals(seconds, horizonMillis);
    }

    /** The numbers of one kind by name, whatever the step; one name is one set of samples. */
    SortedMap<String, Totals> totalsByName(Kind kind, double seconds, long horizonMillis) {
        Map<String, Series> byName = new TreeMap<>();
        series.forEach((key, s) -> {
            if (key.kind() == kind) {
                byName.computeIfAbsent(key.name(), name -> new Series()).addAll(s);
            }
        });
        SortedMap<String, Totals> totals = new TreeMap<>();
        byName.forEach((name, s) -> totals.put(name, s.totals(seconds, horizonMillis)));
        return totals;
    }
}
