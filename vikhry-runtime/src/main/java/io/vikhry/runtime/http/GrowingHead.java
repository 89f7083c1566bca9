package io.vikhry.runtime.http;

import io.vikhry.api.HttpException.Code;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A head that nobody knows yet, while it comes: its bytes are kept until its blank line is there, and each line is read once. */
final class GrowingHead {
    private static final byte TLS_ALERT = 21;
    private static final byte TLS_MAJOR = 3;

    private HeadLines lines = new HeadLines();

    /** The beginning of it, where its end has not come. */
    private byte[] partial = ResponseBody.NOTHING;

    private int partialLength;
    private int lineStart;
    private int scanned;
    private byte[] whole = ResponseBody.NOTHING;
    private @Nullable Code failure;
    private String reason = "";

    /** Whether a part of it has come, and not all. */
    boolean hasBegun() {
        return partialLength > 0;
    }

    /** Forgets what has come. */
    void clear() {
        partial = ResponseBody.NOTHING;
        partialLength = 0;
    }

    /** Takes the bytes from {@code at} on; where in them the head ends, or -1 if its end has not come or it has failed. */
    int feed(byte[] in, int at, int to) {
        return hasBegun() ? goOn(in, at, to) : start(in, at, to);
    }

    /** The head's bytes, once it is whole. */
    byte[] whole() {
        return whole;
    }

    /** What it says, once it is whole. */
    HeadLines lines() {
        return lines;
    }

    @Nullable Code failure() {
        return failure;
    }

    /** One line about {@link #failure}. */
    String reason() {
        return reason;
    }

    /** As a rule all of it comes at once. */
    private int start(byte[] in, int at, int to) {
        lines = new HeadLines();
        failure = null;
        lineStart = at;
        scanned = at;
        int end = scan(in, at, to);
        if (end >= 0) {
            whole = Arrays.copyOfRange(in, at, end);
        } else if (failure == null) {
            int length = to - at;
            partial = new byte[Math.max(512, length * 2)];
            System.arraycopy(in, at, partial, 0, length);
            partialLength = length;
            lineStart -= at;
            scanned -= at;
        }
        return end;
    }

    private int goOn(byte[] in, int at, int to) {
        int length = to - at;
        int before = partialLength;
        if (partial.length < before + length) {
            partial = Arrays.copyOf(partial, Math.max(partial.length * 2, before + length));
        }
        System.arraycopy(in, at, partial, before, length);
        partialLength += length;
        int end = scan(partial, 0, partialLength);
        if (end < 0) {
            return -1;
        }
        whole = Arrays.copyOf(partial, end);
        clear();
        return at + end - before;
    }

    /** Goes on through the lines of a head that begins at {@code start}: returns its end, or -1 if it is not there yet. */
    private int scan(byte[] b, int start, int available) {
        int limit = Math.min(available, start + ResponseParser.MAX_HEAD);
        int i = scanned;
        while (true) {
            if (lines.status == 0 && !beginsWell(b, start, limit)) {
                return -1;
            }
            while (i < limit && b[i] != '\n') {
                i++;
            }
            if (i == limit) {
                scanned = i;
                if (limit - start >= ResponseParser.MAX_HEAD) {
                    fail(Code.TOO_LARGE, "the head is larger than " + ResponseParser.MAX_HEAD + " bytes");
                }
                return -1;
            }
            int end = i > lineStart && b[i - 1] == '\r' ? i - 1 : i;
            int line = lineStart;
            i++;
            lineStart = i;
            if (lines.status == 0) {
                lines.statusLine(b, line, end);
            } else if (end == line) {
                return i;
            } else {
                lines.headerLine(b, line, end);
            }
            String complaint = lines.complaint();
            if (complaint != null) {
                fail(Code.PROTOCOL, complaint);
                return -1;
            }
        }
    }

    private boolean beginsWell(byte[] b, int start, int limit) {
        int n = Math.min(HeadLines.VERSION.length, limit - start);
        if (!Arrays.equals(b, start, start + n, HeadLines.VERSION, 0, n)) {
            boolean tls = b[start] == TLS_ALERT && limit - start > 1 && b[start + 1] == TLS_MAJOR;
            fail(
                    Code.PROTOCOL,
                    tls
                            ? "the server speaks TLS here: its URL begins with https"
                            : "the response does not begin with HTTP/1.");
            return false;
        }
        return true;
    }

    private void fail(Code code, String why) {
        failure = code;
        reason = why;
    }
}
