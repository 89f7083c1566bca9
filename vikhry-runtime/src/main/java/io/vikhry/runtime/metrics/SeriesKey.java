package io.vikhry.runtime.metrics;

/** What distinguishes a series. */
record SeriesKey(Kind kind, String step, String name) {
    static final String OTHER = "(other)";

    SeriesKey {
        step = GivenNames.cut(step);
        name = GivenNames.cut(name);
    }

    SeriesKey other() {
        return new SeriesKey(kind, "", OTHER);
    }
}
