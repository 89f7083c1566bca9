package io.vikhry.runtime.http;

import org.jspecify.annotations.Nullable;

/** What a failure came from, below all that it was wrapped in. */
final class RootCause {
    private RootCause() {}

    /** What it says, in one line. */
    static String message(@Nullable Throwable thrown) {
        Throwable t = thrown;
        while (t != null && t.getCause() != null && t.getCause() != t) {
            t = t.getCause();
        }
        return t == null ? "unknown" : t.getMessage() == null ? t.toString() : t.getMessage();
    }
}
