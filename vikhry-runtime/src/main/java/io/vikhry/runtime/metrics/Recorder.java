package io.vikhry.runtime.metrics;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What is measured on one loop. Any thread may call; calls from elsewhere are handed to the loop. */
public final class Recorder {

    /** The one thread a recorder belongs to. */
    public interface Home extends Executor {
        /** Whether the caller runs there. */
        boolean inLoop();
    }

    Recorder() {}

    /**
     * The series of these names; resolve it once and keep it. Beyond the limit of series it is the one named {@code (other)} of
     * the kind.
     *
     * @param kind what it counts
     * @param step the step in which it happened; empty outside steps, and for steps themselves
     * @param name {@code GET /catalog}
     */
    public Series series(Kind kind, String step, String name) {
        throw new UnsupportedOperationException();
    }

    /**
     * Keeps an error for the report: at most 20 distinct (series, code, message) a second, with their counts.
     *
     * @param message what happened, one line; cut after 300 characters
     * @param detail the stack trace, cut after 4,000 characters, or {@code null}
     */
    public void error(Series series, String code, String message, @Nullable String detail) {
        throw new UnsupportedOperationException();
    }
}
