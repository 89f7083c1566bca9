package io.vikhry.runtime.vu;

import io.vikhry.api.CheckFailedException;
import io.vikhry.api.HttpException;
import io.vikhry.runtime.scenario.StackText;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How results of a scenario's code are called in a series. */
final class Outcome {
    static final String OK = "OK";
    static final String EXCEPTION = "EXCEPTION";
    static final String CHECK = "CHECK";
    static final String TIMEOUT = "TIMEOUT";
    static final String CANCELLED = "CANCELLED";

    private Outcome() {}

    /** The code for what was thrown ({@code null}: nothing) in a section that was interrupted for that cause, or not. */
    static String code(@Nullable Throwable thrown, Section.@Nullable Cause cause) {
        if (cause == Section.Cause.TIMEOUT) {
            return TIMEOUT;
        }
        if (cause == Section.Cause.END && thrown != null) {
            return CANCELLED;
        }
        return switch (thrown) {
            case null -> OK;
            case CheckFailedException e -> CHECK;
            case HttpException e -> e.code().name();
            case CancelledException e -> CANCELLED;
            default -> EXCEPTION;
        };
    }

    /** Whether the HTTP client has reported it already, so that an error is not counted under its request and its step. */
    static boolean isReported(Throwable thrown, Predicate<String> own) {
        if (!(thrown instanceof HttpException) && !(thrown instanceof CheckFailedException)) {
            return false;
        }
        StackTraceElement[] frames = thrown.getStackTrace();
        return frames.length == 0 || !own.test(frames[0].getClassName());
    }

    /** One line that says what was thrown. */
    static String message(Throwable thrown) {
        String message = StackText.message(thrown);
        String text = message == null || message.isBlank()
                ? thrown.getClass().getName()
                : thrown.getClass().getSimpleName() + ": " + message;
        return text.replaceAll("\\s*\\R\\s*", " ");
    }
}
