package io.vikhry.runtime.metrics;

import org.jspecify.annotations.Nullable;

/** What a scenario calls its series and its results: refused if it is nothing, and cut where it is long, since it travels each second. */
public final class GivenNames {
    private static final int NAME_CHARS = 200;
    private static final int CODE_CHARS = 64;

    private GivenNames() {}

    /**
     * The name of a series, which is cut after 200 characters when it is used.
     *
     * @param what is named, for the message
     * @throws IllegalArgumentException if it is {@code null} or blank
     */
    public static String series(String what, @Nullable String name) {
        return given(what + ": its name", name);
    }

    /**
     * A result code, cut after 64 characters.
     *
     * @param what has that result, for the message
     * @throws IllegalArgumentException if it is {@code null} or blank
     */
    public static String code(String what, @Nullable String code) {
        return cut(given(what + ": its result code", code), CODE_CHARS);
    }

    private static String given(String what, @Nullable String text) {
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException(what + " is " + (text == null ? "null" : "blank") + ": give it one");
        }
        return text;
    }

    static String cut(String name) {
        return cut(name, NAME_CHARS);
    }

    private static String cut(String text, int chars) {
        return text.length() <= chars ? text : text.substring(0, chars - 1) + "…";
    }
}
