package io.vikhry.runtime.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What is measured on one loop. Any thread may call; calls from elsewhere are handed to the loop.
 *
 * <p>Samples and errors are written by the loop alone. A swap is one of the loop's own actions, so nothing is ever recorded
 * while it happens, and no sample can fall between two intervals.
 */
public final class Recorder {

    /** The one thread a recorder belongs to. */
    public interface Home extends Executor {
        /** Whether the caller runs there. */
        boolean inLoop();
    }

    /** What a loop recorded between two swaps. */
    record Part(List<Taken> taken, ErrorLog errors) {}

    /** A slice and the series it returns to. */
    record Taken(Series series, SeriesSlice slice) {}

    private final Home home;
    private final SeriesLimit limit;
    private final Map<SeriesKey, Series> series = new ConcurrentHashMap<>();
    private List<Series> begun = new ArrayList<>();
    private ErrorLog errors = new ErrorLog();

    /** A recorder of {@code home}; {@code limit} is common to all recorders of this JVM's engine. */
    public Recorder(Home home, SeriesLimit limit) {
        this.home = home;
        this.limit = limit;
    }

    /**
     * The series of these names; resolve it once and keep it. Beyond the limit of series it is the one named {@code (other)} of
     * the kind.
     *
     * @param kind what it counts
     * @param step the step in which it happened; empty outside steps, and for steps themselves
     * @param name {@code GET /catalog}
     */
    public Series series(Kind kind, String step, String name) {
        SeriesKey key = new SeriesKey(kind, step, name);
        Series known = series.get(key);
        return known != null ? known : series.computeIfAbsent(limit.admit(key), k -> new Series(this, k));
    }

    /**
     * Keeps an error for the report: at most 20 distinct (series, code, message) a second, with their counts.
     *
     * @param message what happened; its first line, cut after 300 characters
     * @param detail the stack trace, cut after 4,000 characters, or {@code null}
     */
    public void error(Series of, String code, String message, @Nullable String detail) {
        if (home.inLoop()) {
            errors.add(of.name(), of.step(), code, message, detail == null ? "" : detail, 1);
        } else {
            home.execute(() -> error(of, code, message, detail));
        }
    }

    Home home() {
        return home;
    }

    void began(Series one) {
        begun.add(one);
    }

    /** On the loop: hands out what was recorded since the last swap. */
    Part swap() {
        List<Taken> taken = new ArrayList<>(begun.size());
        for (Series one : begun) {
            taken.add(new Taken(one, one.take()));
        }
        begun = new ArrayList<>(taken.size());
        ErrorLog log = errors;
        errors = new ErrorLog();
        return new Part(taken, log);
    }

    /** Forgets the names of a run that has ended. A series still held by someone goes on to record. */
    void forget() {
        series.clear();
        limit.reset();
    }
}
