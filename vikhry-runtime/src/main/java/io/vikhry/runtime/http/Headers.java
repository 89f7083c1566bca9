package io.vikhry.runtime.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Request headers in the order they were first set, each name once. */
final class Headers {
    private final List<String> names = new ArrayList<>(4);
    private final List<String> values = new ArrayList<>(4);

    /** Sets a header, replacing one of the same name; refuses what would break out of its line. */
    void set(String name, String value) {
        check(name, value);
        int i = indexOf(name);
        if (i >= 0) {
            values.set(i, value);
        } else {
            names.add(name);
            values.add(value);
        }
    }

    boolean contains(String name) {
        return indexOf(name) >= 0;
    }

    @Nullable String get(String name) {
        int i = indexOf(name);
        return i < 0 ? null : values.get(i);
    }

    /** These without those of the names. */
    Headers without(List<String> unwanted) {
        Headers fewer = new Headers();
        for (int i = 0; i < names.size(); i++) {
            if (!isOneOf(unwanted, names.get(i))) {
                fewer.names.add(names.get(i));
                fewer.values.add(values.get(i));
            }
        }
        return fewer;
    }

    Headers copy() {
        Headers copy = new Headers();
        copy.names.addAll(names);
        copy.values.addAll(values);
        return copy;
    }

    /** These with those of {@code others} set over them. */
    Headers with(Headers others) {
        Headers both = copy();
        for (int i = 0; i < others.names.size(); i++) {
            both.set(others.names.get(i), others.values.get(i));
        }
        return both;
    }

    /** Appends all but those of these names as header lines. */
    void writeTo(StringBuilder out, List<String> except) {
        for (int i = 0; i < names.size(); i++) {
            if (!isOneOf(except, names.get(i))) {
                line(out, names.get(i), values.get(i));
            }
        }
    }

    private static boolean isOneOf(List<String> these, String name) {
        for (String each : these) {
            if (each.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    static void line(StringBuilder out, String name, String value) {
        out.append(name).append(": ").append(value).append("\r\n");
    }

    /** Bytes of a head; all its characters are below 256. */
    static byte[] bytes(CharSequence head) {
        return head.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Headers headers && names.equals(headers.names) && values.equals(headers.values);
    }

    @Override
    public int hashCode() {
        return names.hashCode() * 31 + values.hashCode();
    }

    private int indexOf(String name) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Refuses what would break out of its line. */
    static void check(String name, String value) {
        if (name.isEmpty() || !name.chars().allMatch(Headers::isToken)) {
            throw new IllegalArgumentException("'" + printable(name) + "' is not the name of a header");
        }
        if (name.equalsIgnoreCase("Content-Length") || name.equalsIgnoreCase("Transfer-Encoding")) {
            throw new IllegalArgumentException(name + " follows from the body and cannot be set");
        }
        if (!value.chars().allMatch(c -> c >= ' ' && c != 127 && c < 256 || c == '\t')) {
            throw new IllegalArgumentException("the value of header " + name
                    + " contains a line break, another control character, or one outside ISO 8859-1");
        }
    }

    /** Whether {@code c} may stand in a method or the name of a header. */
    static boolean isToken(int c) {
        return c > ' ' && c < 127 && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0;
    }

    private static String printable(String s) {
        return s.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
