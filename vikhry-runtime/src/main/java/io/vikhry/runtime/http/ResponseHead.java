package io.vikhry.runtime.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Look-ups in the raw bytes of a response head that {@link ResponseParser} has found to be well-formed. Trailers, which few responses
 * have, lie behind its blank line.
 */
final class ResponseHead {
    private ResponseHead() {}

    /** The first value of a header, without surrounding blanks. */
    static Optional<String> first(byte[] head, String name) {
        return first(head, nextLine(head, 0), name);
    }

    /** The first value of a trailer, without surrounding blanks. */
    static Optional<String> trailer(byte[] head, String name) {
        int line = nextLine(head, 0);
        while (line < head.length && !isBlank(head, line)) {
            line = nextLine(head, line);
        }
        return first(head, nextLine(head, line), name);
    }

    private static Optional<String> first(byte[] head, int from, String name) {
        for (int line = from; line < head.length && !isBlank(head, line); line = nextLine(head, line)) {
            if (isNamed(head, line, name)) {
                return Optional.of(value(head, line + name.length() + 1));
            }
        }
        return Optional.empty();
    }

    /** A head with these lines behind its blank line, which are its trailers. */
    static byte[] withTrailers(byte[] head, byte[] trailers) {
        if (trailers.length == 0) {
            return head;
        }
        byte[] whole = Arrays.copyOf(head, head.length + trailers.length);
        System.arraycopy(trailers, 0, whole, head.length, trailers.length);
        return whole;
    }

    /** All values of a header, in order. */
    static List<String> all(byte[] head, String name) {
        List<String> values = new ArrayList<>(2);
        for (int line = nextLine(head, 0); line < head.length && !isBlank(head, line); line = nextLine(head, line)) {
            if (isNamed(head, line, name)) {
                values.add(value(head, line + name.length() + 1));
            }
        }
        return List.copyOf(values);
    }

    private static int nextLine(byte[] head, int from) {
        int i = from;
        while (i < head.length && head[i] != '\n') {
            i++;
        }
        return i + 1;
    }

    private static boolean isBlank(byte[] head, int line) {
        return head[line] == '\n' || head[line] == '\r' && line + 1 < head.length && head[line + 1] == '\n';
    }

    private static boolean isNamed(byte[] head, int line, String name) {
        int n = name.length();
        return line + n < head.length && head[line + n] == ':' && matches(head, line, name);
    }

    /** Whether the bytes at {@code from} are {@code name}, letter case aside; both are ASCII. */
    static boolean matches(byte[] bytes, int from, String name) {
        for (int i = 0; i < name.length(); i++) {
            if (lower(bytes[from + i]) != lower((byte) name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + 32 : b;
    }

    /** The value that begins at {@code from}, with the lines folded under it. */
    private static String value(byte[] head, int from) {
        int next = nextLine(head, from);
        String value = trimmed(head, from, next - 1);
        while (next < head.length && (head[next] == ' ' || head[next] == '\t')) {
            int start = next;
            next = nextLine(head, start);
            value = value + " " + trimmed(head, start, next - 1);
        }
        return value;
    }

    private static String trimmed(byte[] head, int from, int to) {
        return new String(head, from, to - from, StandardCharsets.ISO_8859_1).strip();
    }
}
