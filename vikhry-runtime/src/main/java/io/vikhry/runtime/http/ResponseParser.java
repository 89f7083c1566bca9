package io.vikhry.runtime.http;

import io.vikhry.api.HttpException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A push parser of one HTTP/1.x response at a time: bytes go in as they come, in pieces of any size, until {@link #isDone}
 * or {@link #failure}. It knows nothing of sockets, throws nothing, and how the bytes were cut changes nothing in the result.
 *
 * <p>The head is kept as raw bytes; only what decides the framing and what the client acts upon is noticed while parsing.
 * Servers repeat themselves: a head equal to the last one on the connection is recognised as a whole, neither parsed nor
 * copied again.
 *
 * <p>Lines may end in CRLF or LF. Interim 1xx heads are skipped, at most {@value #MAX_INTERIM} of them.
 */
final class ResponseParser {
    static final int MAX_HEAD = 64 * 1024;
    static final int MAX_INTERIM = 16;
    private static final int MAX_CHUNK_LINE = 4096;
    private static final int EAGER_BODY = 64 * 1024;
    private static final byte[] NOTHING = new byte[0];
    private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);

    private enum State {
        HEAD,
        FIXED,
        UNTIL_CLOSE,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILER,
        DONE,
        FAILED
    }

    private State state = State.DONE;
    private boolean toHead;
    private boolean keepBody;
    private long maxBody;
    private long consumed;
    private int interim;

    private byte[] partial = NOTHING;
    private int partialLength;
    private int lineStart;
    private int scanned;

    private byte[] head = NOTHING;
    private boolean headKnown;
    private int status;
    private boolean http10;
    private boolean close;
    private boolean keepAliveToken;
    private boolean chunked;
    private boolean otherCoding;
    private long contentLength;
    private boolean framingLine;
    private boolean cookie;
    private boolean encoded;

    private byte[] body = NOTHING;
    private int bodyLength;
    private long remaining;
    private long bodyBytes;
    private int lineBytes;
    private int sizeDigits;
    private boolean sizeEnded;
    private boolean carriageReturn;
    private int trailerBytes;

    private HttpException.@Nullable Code failure;
    private String reason = "";

    /**
     * Makes ready for the next response on the same connection.
     *
     * @param toHead whether it answers a HEAD request, and so has no body
     * @param keepBody whether {@link #body} is wanted; if not, the body is only counted
     * @param maxBody the largest body accepted, in bytes as they are on the wire without chunk framing
     */
    void begin(boolean toHead, boolean keepBody, int maxBody) {
        if (toHead != this.toHead || state == State.FAILED) {
            headKnown = false;
        }
        this.toHead = toHead;
        this.keepBody = keepBody;
        this.maxBody = maxBody;
        state = State.HEAD;
        consumed = 0;
        interim = 0;
        partialLength = 0;
        lineStart = 0;
        scanned = 0;
        body = NOTHING;
        bodyLength = 0;
        bodyBytes = 0;
        failure = null;
        reason = "";
    }

    /** Takes the bytes from {@code from} to {@code to}; returns where it stopped: {@code to}, or earlier when it ended. */
    int feed(byte[] in, int from, int to) {
        int at = from;
        while (at < to && state != State.DONE && state != State.FAILED) {
            at = switch (state) {
                case HEAD -> head(in, at, to);
                case FIXED -> fixed(in, at, to);
                case UNTIL_CLOSE -> untilClose(in, at, to);
                case CHUNK_SIZE -> chunkSize(in, at);
                case CHUNK_DATA -> chunkData(in, at, to);
                case CHUNK_END -> chunkEnd(in, at);
                case TRAILER -> trailer(in, at);
                case DONE, FAILED -> at;
            };
        }
        consumed += at - from;
        return at;
    }

    /** The peer has closed: completes a body that lasts until then, and fails any other unfinished response. */
    void end() {
        switch (state) {
            case UNTIL_CLOSE -> finish();
            case DONE, FAILED -> {}
            default ->
                fail(
                        HttpException.Code.RESET,
                        consumed == 0
                                ? "the peer closed the connection without a response"
                                : "the peer closed the connection in the middle of the response, after " + consumed
                                        + " bytes");
        }
    }

    boolean isDone() {
        return state == State.DONE;
    }

    /** What is wrong with the response, or null. */
    HttpException.@Nullable Code failure() {
        return failure;
    }

    /** One line about {@link #failure}. */
    String reason() {
        return reason;
    }

    /** Bytes taken since {@link #begin}, heads and framing included. */
    long consumed() {
        return consumed;
    }

    int status() {
        return status;
    }

    /** The head's bytes with the blank line at its end; shared between equal responses, not to be changed. */
    byte[] rawHead() {
        return head;
    }

    /** The body without its framing, empty if it is not kept. Lets go of it: an idle connection holds no body. */
    byte[] takeBody() {
        byte[] taken = body;
        body = NOTHING;
        bodyLength = 0;
        return taken;
    }

    /** Bytes of body, kept or not. */
    long bodyBytes() {
        return bodyBytes;
    }

    /** Whether the connection may carry another request, once this response is done. */
    boolean isReusable() {
        boolean untilClose = !chunked && contentLength < 0 && hasBody();
        return state == State.DONE
                && !close
                && (!http10 || keepAliveToken)
                && !untilClose
                && !(chunked && (contentLength >= 0 || http10));
    }

    boolean hasCookie() {
        return cookie;
    }

    boolean isEncoded() {
        return encoded;
    }

    // ---- head

    private int head(byte[] in, int at, int to) {
        if (partialLength == 0) {
            byte[] known = head;
            if (headKnown
                    && to - at >= known.length
                    && Arrays.equals(in, at, at + known.length, known, 0, known.length)) {
                beginBody();
                return at + known.length;
            }
            lineStart = at;
            scanned = at;
            status = 0;
            int end = scanHead(in, at, to);
            if (end >= 0) {
                return headEnded(Arrays.copyOfRange(in, at, end)) ? end : to;
            }
            if (state == State.FAILED) {
                return to;
            }
            int length = to - at;
            if (partial.length < length) {
                partial = new byte[Math.max(512, length * 2)];
            }
            System.arraycopy(in, at, partial, 0, length);
            partialLength = length;
            lineStart -= at;
            scanned -= at;
            return to;
        }
        int length = to - at;
        int before = partialLength;
        if (partial.length < before + length) {
            partial = Arrays.copyOf(partial, Math.max(partial.length * 2, before + length));
        }
        System.arraycopy(in, at, partial, before, length);
        partialLength += length;
        int end = scanHead(partial, 0, partialLength);
        if (end < 0) {
            return to;
        }
        byte[] whole = Arrays.copyOf(partial, end);
        partial = NOTHING;
        partialLength = 0;
        return headEnded(whole) ? at + end - before : to;
    }

    /** Goes on through the lines of a head that begins at {@code start}: returns its end, or -1 if it is not there yet. */
    private int scanHead(byte[] b, int start, int available) {
        int limit = Math.min(available, start + MAX_HEAD);
        int i = scanned;
        while (true) {
            if (status == 0 && !beginsWell(b, start, limit)) {
                return -1;
            }
            while (i < limit && b[i] != '\n') {
                i++;
            }
            if (i == limit) {
                scanned = i;
                if (limit - start >= MAX_HEAD) {
                    fail(HttpException.Code.TOO_LARGE, "the head is larger than " + MAX_HEAD + " bytes");
                }
                return -1;
            }
            int end = i > lineStart && b[i - 1] == '\r' ? i - 1 : i;
            int line = lineStart;
            i++;
            lineStart = i;
            if (status == 0) {
                statusLine(b, line, end);
            } else if (end == line) {
                scanned = i;
                return i;
            } else {
                headerLine(b, line, end);
            }
            if (state == State.FAILED) {
                return -1;
            }
        }
    }

    private boolean beginsWell(byte[] b, int start, int limit) {
        int n = Math.min(VERSION.length, limit - start);
        for (int i = 0; i < n; i++) {
            if (b[start + i] != VERSION[i]) {
                fail(HttpException.Code.PROTOCOL, "the response does not begin with HTTP/1.");
                return false;
            }
        }
        return true;
    }

    private void statusLine(byte[] b, int from, int to) {
        headKnown = false;
        close = false;
        keepAliveToken = false;
        chunked = false;
        otherCoding = false;
        contentLength = -1;
        framingLine = true;
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
            fail(HttpException.Code.PROTOCOL, "the status line is malformed: " + excerpt(b, from, to));
            return;
        }
        http10 = b[p] == '0';
        status = (b[p + 2] - '0') * 100 + (b[p + 3] - '0') * 10 + b[p + 4] - '0';
    }

    private void headerLine(byte[] b, int from, int to) {
        if (b[from] == ' ' || b[from] == '\t') {
            // A folded line belongs to the header before it; where that one counts, or there is none, it is refused.
            if (framingLine) {
                fail(HttpException.Code.PROTOCOL, "a folded line follows a line that may not be folded");
            }
            return;
        }
        int colon = from;
        while (colon < to && token(b[colon])) {
            colon++;
        }
        if (colon == from || colon == to || b[colon] != ':') {
            fail(HttpException.Code.PROTOCOL, "a header line is malformed: " + excerpt(b, from, to));
            return;
        }
        framingLine = false;
        int value = colon + 1;
        switch (colon - from) {
            case 10 -> {
                if (ResponseHead.matches(b, from, "connection")) {
                    framingLine = true;
                    connection(b, value, to);
                } else if (ResponseHead.matches(b, from, "set-cookie")) {
                    cookie = true;
                }
            }
            case 14 -> {
                if (ResponseHead.matches(b, from, "content-length")) {
                    framingLine = true;
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
                    framingLine = true;
                    transferEncoding(b, value, to);
                }
            }
            default -> {}
        }
    }

    private void connection(byte[] b, int from, int to) {
        for (String token : list(b, from, to)) {
            if (token.equalsIgnoreCase("close")) {
                close = true;
            } else if (token.equalsIgnoreCase("keep-alive")) {
                keepAliveToken = true;
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
                fail(
                        HttpException.Code.PROTOCOL,
                        digits > 0 && contentLength >= 0
                                ? "two different values of Content-Length"
                                : "Content-Length is not a number: " + excerpt(b, from, to));
                return;
            }
            contentLength = value;
        } while (i++ < to);
    }

    private static String[] list(byte[] b, int from, int to) {
        return new String(b, from, to - from, StandardCharsets.ISO_8859_1)
                .strip()
                .split("[ \t]*,[ \t]*");
    }

    private boolean headEnded(byte[] whole) {
        head = whole;
        scanned = 0;
        lineStart = 0;
        if (status == 101) {
            fail(HttpException.Code.PROTOCOL, "the server switched protocols without having been asked");
        } else if (status < 200) {
            status = 0;
            if (++interim > MAX_INTERIM) {
                fail(HttpException.Code.PROTOCOL, "more than " + MAX_INTERIM + " interim responses");
            }
        } else if (otherCoding && hasBody()) {
            fail(HttpException.Code.PROTOCOL, "a transfer coding other than chunked, which was not offered");
        } else {
            headKnown = true;
            beginBody();
        }
        return state != State.FAILED;
    }

    // ---- body

    private boolean hasBody() {
        return !toHead && status != 204 && status != 304;
    }

    private void beginBody() {
        if (!hasBody()) {
            finish();
        } else if (chunked) {
            sizeDigits = 0;
            remaining = 0;
            lineBytes = 0;
            sizeEnded = false;
            carriageReturn = false;
            trailerBytes = 0;
            state = State.CHUNK_SIZE;
        } else if (contentLength < 0) {
            state = State.UNTIL_CLOSE;
        } else if (contentLength > maxBody) {
            tooLarge();
        } else if (contentLength == 0) {
            finish();
        } else {
            remaining = contentLength;
            state = State.FIXED;
        }
    }

    private int fixed(byte[] in, int at, int to) {
        int n = (int) Math.min(remaining, to - at);
        take(in, at, n, contentLength);
        remaining -= n;
        if (remaining == 0) {
            finish();
        }
        return at + n;
    }

    private int untilClose(byte[] in, int at, int to) {
        int n = (int) Math.min(to - at, maxBody - bodyBytes);
        take(in, at, n, -1);
        if (at + n < to) {
            tooLarge();
        }
        return at + n;
    }

    private int chunkSize(byte[] in, int at) {
        byte c = in[at];
        if (++lineBytes > MAX_CHUNK_LINE) {
            fail(HttpException.Code.PROTOCOL, "a chunk's size line is longer than " + MAX_CHUNK_LINE + " bytes");
        } else if (c == '\n') {
            if (sizeDigits == 0) {
                fail(HttpException.Code.PROTOCOL, "a chunk without a size");
            } else if (remaining == 0) {
                lineBytes = 0;
                carriageReturn = false;
                state = State.TRAILER;
            } else if (remaining > maxBody - bodyBytes) {
                tooLarge();
            } else {
                state = State.CHUNK_DATA;
            }
        } else if (carriageReturn) {
            fail(HttpException.Code.PROTOCOL, "a chunk's size line is malformed");
        } else if (c == '\r') {
            carriageReturn = true;
        } else if (!sizeEnded) {
            int digit = Character.digit(c, 16);
            if (digit >= 0) {
                // More digits than any accepted size needs; the value saturates well above every limit.
                sizeDigits = Math.min(sizeDigits + 1, 100);
                remaining = Math.min(remaining * 16 + digit, Long.MAX_VALUE >> 8);
            } else if (sizeDigits > 0 && (c == ';' || blank(c))) {
                sizeEnded = true;
            } else {
                fail(HttpException.Code.PROTOCOL, "a chunk's size is not a hexadecimal number");
            }
        }
        return at + 1;
    }

    private int chunkData(byte[] in, int at, int to) {
        int n = (int) Math.min(remaining, to - at);
        take(in, at, n, -1);
        remaining -= n;
        if (remaining == 0) {
            carriageReturn = false;
            state = State.CHUNK_END;
        }
        return at + n;
    }

    private int chunkEnd(byte[] in, int at) {
        byte c = in[at];
        if (c == '\n') {
            sizeDigits = 0;
            lineBytes = 0;
            sizeEnded = false;
            carriageReturn = false;
            state = State.CHUNK_SIZE;
        } else if (c == '\r' && !carriageReturn) {
            carriageReturn = true;
        } else {
            fail(HttpException.Code.PROTOCOL, "a chunk is longer than its size");
        }
        return at + 1;
    }

    private int trailer(byte[] in, int at) {
        byte c = in[at];
        if (++trailerBytes > MAX_HEAD) {
            fail(HttpException.Code.TOO_LARGE, "the trailers are larger than " + MAX_HEAD + " bytes");
        } else if (c == '\n') {
            if (lineBytes == (carriageReturn ? 1 : 0)) {
                finish();
            }
            lineBytes = 0;
            carriageReturn = false;
        } else {
            carriageReturn = c == '\r';
            lineBytes++;
        }
        return at + 1;
    }

    private void take(byte[] in, int at, int n, long expected) {
        bodyBytes += n;
        if (!keepBody || n == 0) {
            return;
        }
        if (bodyLength == 0 && n == expected) {
            body = Arrays.copyOfRange(in, at, at + n);
        } else {
            if (body.length - bodyLength < n) {
                // A declared length is believed up to a bound; beyond it memory follows the bytes that really came.
                long wanted = bodyLength == 0 && expected > 0
                        ? Math.max(n, Math.min(expected, EAGER_BODY))
                        : Math.max(2L * body.length, bodyLength + (long) n);
                long most = expected > 0 ? expected : maxBody;
                body = Arrays.copyOf(body, (int) Math.min(wanted, Math.max(most, bodyLength + (long) n)));
            }
            System.arraycopy(in, at, body, bodyLength, n);
        }
        bodyLength += n;
    }

    private void finish() {
        if (body.length != bodyLength) {
            body = Arrays.copyOf(body, bodyLength);
        }
        state = State.DONE;
    }

    private void tooLarge() {
        fail(HttpException.Code.TOO_LARGE, "the body is larger than " + maxBody + " bytes");
    }

    private void fail(HttpException.Code code, String why) {
        if (state != State.FAILED) {
            state = State.FAILED;
            failure = code;
            reason = why;
            headKnown = false;
            body = NOTHING;
            bodyLength = 0;
            partial = NOTHING;
            partialLength = 0;
        }
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
