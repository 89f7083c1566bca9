package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.util.Comparator;

/** What makes two samples belong to one series. */
record SeriesKey(Kind kind, String step, String name) implements Comparable<SeriesKey> {
    private static final Comparator<SeriesKey> ORDER =
            Comparator.comparing(SeriesKey::kind).thenComparing(SeriesKey::step).thenComparing(SeriesKey::name);

    static SeriesKey of(SeriesDelta delta) {
        return new SeriesKey(delta.kind(), delta.step(), delta.name());
    }

    /** The series that takes the samples of those beyond the limit. */
    static SeriesKey other(Kind kind) {
        return new SeriesKey(kind, "", "(other)");
    }

    @Override
    public int compareTo(SeriesKey that) {
        return ORDER.compare(this, that);
    }
}
