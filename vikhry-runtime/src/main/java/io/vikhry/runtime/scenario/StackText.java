package io.vikhry.runtime.scenario;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A stack trace cut down to what a scenario's author can act on: the throwables and the frames of the scenario itself. */
public final class StackText {
    private static final int MAX_LENGTH = 4_000;

    private StackText() {}

    /**
     * The trace of {@code thrown} and its causes, at most 4,000 characters. Frames of other classes are left out, except the
     * innermost one, which says where it was thrown.
     *
     * @param own whether a class, by its binary name, is one of the scenario's
     */
    public static String of(Throwable thrown, Predicate<String> own) {
        try {
            return trace(thrown, own);
        } catch (RuntimeException | Error e) {
            return thrown.getClass().getName() + ", which cannot say where it was thrown: "
                    + e.getClass().getName();
        }
    }

    /** What {@code thrown} says of itself, or that it fails to. A scenario's exceptions may do anything when they are asked. */
    public static @Nullable String message(Throwable thrown) {
        try {
            return thrown.getMessage();
        } catch (RuntimeException | Error e) {
            return "its getMessage() failed with " + e.getClass().getName();
        }
    }

    /** {@code thrown} as it would print itself, or that it fails to. */
    public static String line(Throwable thrown) {
        try {
            return String.valueOf(thrown.toString());
        } catch (RuntimeException | Error e) {
            return thrown.getClass().getName() + ", which cannot describe itself: "
                    + e.getClass().getName();
        }
    }

    private static String trace(Throwable thrown, Predicate<String> own) {
        StringBuilder text = new StringBuilder();
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (@Nullable Throwable t = thrown; t != null && seen.add(t) && text.length() < MAX_LENGTH; t = t.getCause()) {
            text.append(t == thrown ? "" : "caused by ").append(t).append('\n');
            StackTraceElement[] frames = t.getStackTrace();
            boolean gap = false;
            for (int i = 0; i < frames.length; i++) {
                if (i == 0 || own.test(frames[i].getClassName())) {
                    text.append(gap ? "    …\n" : "")
                            .append("    at ")
                            .append(frame(frames[i]))
                            .append('\n');
                    gap = false;
                } else {
                    gap = true;
                }
            }
        }
        return text.length() <= MAX_LENGTH ? text.toString() : text.substring(0, MAX_LENGTH);
    }

    /** Without module and loader, which say nothing to the author. */
    private static String frame(StackTraceElement frame) {
        return frame.getClassName() + "." + frame.getMethodName() + "("
                + (frame.getFileName() == null ? "?" : frame.getFileName())
                + (frame.getLineNumber() > 0 ? ":" + frame.getLineNumber() : "") + ")";
    }
}
