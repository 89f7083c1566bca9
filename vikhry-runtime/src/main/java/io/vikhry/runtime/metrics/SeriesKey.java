package io.vikhry.runtime.metrics;

/** What distinguishes a series. */
record SeriesKey(Kind kind, String step, String name) {
    static final String OTHER = "(other)";

    SeriesKey other() {
        return new SeriesKey(kind, "", OTHER);
    }
}
