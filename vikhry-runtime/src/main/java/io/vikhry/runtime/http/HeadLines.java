package io.vikhry.runtime.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What the lines of a response head say, as far as it decides the framing or the client acts upon it. */
final class HeadLines {
    /** How every status line begins. */
    static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);

    /** 0 before the status line. */
    int status;

    boolean close;
    boolean chunked;

    /** A transfer coding that is neither chunked nor none. */
    boolean otherCoding;

    /** -1 if it is not given. */
    long contentLength;

    boolean cookie;
    boolean encoded;
    private boolean http10;
    private boolean keepAlive;
    private boolean unfoldable;
    private @Nullable String complaint;

    /** What is wrong with the lines so far, or null. */
    @Nullable String complaint() {
        return complaint;
    }

    /** Whether version and Connection header let the connection live on. */
    boolean keepsAlive() {
        return !close && (!http10 || keepAlive);
    }

    /** Whether the length of the body is told twice or in a way the version does not know, so that doubt remains. */
    boolean isAmbiguous() {
        return chunked && (contentLength >= 0 || http10);
    }

    /** The first line. */
    void statusLine(byte[] b, int from, int to) {
        complaint = null;
        close = false;
        keepAlive = false;
        chunked = false;
        otherCoding = false;
        contentLength = -1;
        unfoldable = true;
        cookie = false;
        encoded = false;
        int p = from + VERSION.length;
        if (to - p < 5
                || !digit(b[p])
                || b[p + 1] != ' '
                || b[p + 2] < '1'
                || !digit(b[p + 2])
                || !digit(b[p + 3])
                || !digit(b[p + 4])
                || to - p > 5 && b[p + 5] != ' ') {
            complain("the status line is malformed: " + excerpt(b, from, to));
            return;
        }
        http10 = b[p] == '0';
        status = (b[p + 2] - '0') * 100 + (b[p + 3] - '0') * 10 + b[p + 4] - '0';
    }

    /** Any other line, but the empty one. */
    void headerLine(byte[] b, int from, int to) {
        if (b[from] == ' ' || b[from] == '\t') {
            // A folded line belongs to the header before it; where that one counts, or there is none, it is refused.
            if (unfoldable) {
                complain("a folded line follows a line that may not be folded");
            }
            return;
        }
        int colon = from;
        while (colon < to && token(b[colon])) {
            colon++;
        }
        if (colon == from || colon == to || b[colon] != ':') {
            complain("a header line is malformed: " + excerpt(b, from, to));
            return;
        }
        unfoldable = false;
        int value = colon + 1;
        switch (colon - from) {
            case 10 -> {
                if (ResponseHead.matches(b, from, "connection")) {
                    unfoldable = true;
                    connection(b, value, to);
                } else if (ResponseHead.matches(b, from, "set-cookie")) {
                    cookie = true;
                }
            }
            case 14 -> {
                if (ResponseHead.matches(b, from, "content-length")) {
                    unfoldable = true;
                    contentLength(b, value, to);
                }
            }
            case 16 -> {
                if (ResponseHead.matches(b, from, "content-encoding")) {
                    encoded = true;
                }
            }
            case 17 -> {
                if (ResponseHead.matches(b, from, "transfer-encoding")) {
                    unfoldable = true;
                    transferEncoding(b, value, to);
                }
            }
            default -> {}
        }
    }

    private void connection(byte[] b, int from, int to) {
        if (is(b, from, to, "keep-alive")) {
            keepAlive = true;
            return;
        }
        for (String token : list(b, from, to)) {
            if (token.equalsIgnoreCase("close")) {
                close = true;
            } else if (token.equalsIgnoreCase("keep-alive")) {
                keepAlive = true;
            }
        }
    }

    private void transferEncoding(byte[] b, int from, int to) {
        for (String coding : list(b, from, to)) {
            if (coding.equalsIgnoreCase("chunked") && !chunked) {
                chunked = true;
            } else if (!coding.equalsIgnoreCase("identity") || chunked) {
                otherCoding = true;
            }
        }
    }

    private void contentLength(byte[] b, int from, int to) {
        int i = from;
        do {
            while (i < to && blank(b[i])) {
                i++;
            }
            long value = 0;
            int digits = 0;
            for (; i < to && digit(b[i]); i++, digits++) {
                value = value > Long.MAX_VALUE / 10 - 1 ? Long.MAX_VALUE / 10 : value * 10 + b[i] - '0';
            }
            while (i < to && blank(b[i])) {
                i++;
            }
            if (digits == 0 || i < to && b[i] != ',' || contentLength >= 0 && contentLength != value) {
                complain(
                        digits > 0 && contentLength >= 0
                                ? "two different values of Content-Length"
                                : "Content-Length is not a number: " + excerpt(b, from, to));
                return;
            }
            contentLength = value;
        } while (i++ < to);
    }

    /** Whether the value is this word: spares most responses the list. */
    private static boolean is(byte[] b, int from, int to, String word) {
        int start = from;
        while (start < to && blank(b[start])) {
            start++;
        }
        return to - start == word.length() && ResponseHead.matches(b, start, word);
    }

    private static String[] list(byte[] b, int from, int to) {
        return new String(b, from, to - from, StandardCharsets.ISO_8859_1)
                .strip()
                .split("[ \t]*,[ \t]*");
    }

    private void complain(String why) {
        complaint = why;
    }

    private static boolean digit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean blank(byte b) {
        return b == ' ' || b == '\t';
    }

    private static boolean token(byte b) {
        return b > ' ' && b < 127 && b != ':' && b != '(' && b != ')' && b != '<' && b != '>' && b != '@' && b != ','
                && b != ';' && b != '\\' && b != '"' && b != '/' && b != '[' && b != ']' && b != '?' && b != '='
                && b != '{' && b != '}';
    }

    private static String excerpt(byte[] b, int from, int to) {
        String line = new String(b, from, Math.min(to - from, 80), StandardCharsets.ISO_8859_1);
        return line.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
