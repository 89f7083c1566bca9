package io.vikhry.runtime.http;

import io.vikhry.api.HttpException.Code;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A push parser of one HTTP/1.x response at a time: bytes go in as they come, in pieces of any size, until {@link #isDone}
 * or {@link #failure}. It knows nothing of sockets, throws nothing, and how the bytes were cut changes nothing in the result.
 *
 * <p>The head is kept as raw bytes; only what decides the framing and what the client acts upon is noticed while parsing.
 * Servers repeat themselves: a head equal to one that came lately is recognised as a whole, neither parsed nor copied again.
 *
 * <p>Lines may end in CRLF or LF. Interim 1xx heads are skipped, at most {@value #MAX_INTERIM} of them.
 */
final class ResponseParser {
    static final int MAX_HEAD = 64 * 1024;
    static final int MAX_INTERIM = 16;

    private enum State {
        HEAD,
        FIXED,
        UNTIL_CLOSE,
        CHUNKED,
        DONE,
        FAILED
    }

    private final KnownHeads known;
    private final ResponseBody body = new ResponseBody();
    /** Null before there was a chunked body. */
    private @Nullable ChunkedFraming chunks;

    /** What the present head says; shared with others as soon as it is {@linkplain KnownHeads known}. */
    private HeadLines lines = new HeadLines();

    private State state = State.DONE;
    private boolean toHead;
    private @Nullable BodySink sink;
    private long consumed;
    private int interim;
    private boolean continued;
    private long remaining;

    /** The last whole head. */
    private byte[] head = ResponseBody.NOTHING;

    /** Null before there was a head that is not known. */
    private @Nullable GrowingHead growing;

    private @Nullable Code failure;
    private String reason = "";

    /** A parser that shares what it knows of heads with others of its thread. */
    ResponseParser(KnownHeads known) {
        this.known = known;
    }

    /** A parser by itself. */
    ResponseParser() {
        this(new KnownHeads());
    }

    /**
     * Makes ready for the next response on the same connection.
     *
     * @param toHead whether it answers a HEAD request, and so has no body
     * @param keepBody whether {@link #takeBody} is wanted; if not, the body is only counted
     * @param maxBody the largest body accepted, in bytes as they are on the wire without chunk framing
     * @param sink where the body goes piece by piece; null if not
     */
    void begin(boolean toHead, boolean keepBody, long maxBody, @Nullable BodySink sink) {
        this.toHead = toHead;
        this.sink = sink;
        body.begin(keepBody, maxBody, sink);
        state = State.HEAD;
        consumed = 0;
        interim = 0;
        continued = false;
        forgetPart();
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
                case CHUNKED -> chunked(in, at, to);
                case DONE, FAILED -> at;
            };
        }
        consumed += at - from;
        return at;
    }

    /** The peer has closed: completes a body that lasts until then, and fails any other unfinished response. */
    void end() {
        switch (state) {
            case UNTIL_CLOSE -> state = State.DONE;
            case DONE, FAILED -> {}
            default ->
                fail(
                        Code.RESET,
                        consumed == 0
                                ? "the peer closed the connection without a response"
                                : "the peer closed the connection in the middle of the response, after " + consumed
                                        + " bytes");
        }
    }

    boolean isDone() {
        return state == State.DONE;
    }

    /** Whether something of the response has come, interim ones apart. */
    boolean hasBegun() {
        GrowingHead part = growing;
        return state != State.HEAD || part != null && part.hasBegun();
    }

    /** What is wrong with the response, or null. */
    @Nullable Code failure() {
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

    /** Whether the peer has said that it waits for the request's body. */
    boolean isContinued() {
        return continued;
    }

    int status() {
        return lines.status;
    }

    /** The head's bytes with the blank line at its end, and trailers after that; shared between equal responses, not to be changed. */
    byte[] rawHead() {
        return head;
    }

    /** The body without its framing, empty if it is not kept. It can be taken once. */
    byte[] takeBody() {
        return body.remove();
    }

    /** Bytes of body, kept or not. */
    long bodyBytes() {
        return body.count();
    }

    /** Whether the connection may carry another request, once this response is done. */
    boolean isReusable() {
        boolean untilClose = !lines.chunked && lines.contentLength < 0 && hasBody();
        return state == State.DONE && lines.keepsAlive() && !untilClose && !lines.isAmbiguous();
    }

    boolean hasCookie() {
        return lines.cookie;
    }

    boolean isEncoded() {
        return lines.encoded;
    }

    // ---- head

    private int head(byte[] in, int at, int to) {
        GrowingHead part = growing;
        if (part == null || !part.hasBegun()) {
            KnownHeads.Known equal = known.match(in, at, to);
            if (equal != null) {
                head = equal.bytes();
                lines = equal.lines();
                beginBody();
                return at + head.length;
            }
        }
        if (part == null) {
            part = new GrowingHead();
            growing = part;
        }
        int end = part.feed(in, at, to);
        Code wrong = part.failure();
        if (wrong != null) {
            fail(wrong, part.reason());
        } else if (end >= 0) {
            lines = part.lines();
            headEnded(part.whole());
        }
        return end < 0 || state == State.FAILED ? to : end;
    }

    private void forgetPart() {
        GrowingHead part = growing;
        if (part != null && part.hasBegun()) {
            part.clear();
        }
    }

    private void headEnded(byte[] whole) {
        head = whole;
        if (lines.status == 101) {
            fail(Code.PROTOCOL, "the server switched protocols without having been asked");
        } else if (lines.status < 200) {
            continued |= lines.status == 100;
            if (++interim > MAX_INTERIM) {
                fail(Code.PROTOCOL, "more than " + MAX_INTERIM + " interim responses");
            }
        } else if (lines.otherCoding && hasBody()) {
            fail(Code.PROTOCOL, "a transfer coding other than chunked, which was not offered");
        } else {
            if (!lines.otherCoding) {
                known.add(head, lines);
            }
            beginBody();
        }
    }

    // ---- body

    private boolean hasBody() {
        return !toHead && lines.status != 204 && lines.status != 304;
    }

    private void beginBody() {
        BodySink s = sink;
        if (s != null) {
            s.begin(lines.status, head, lines.cookie, lines.encoded);
        }
        if (!hasBody()) {
            state = State.DONE;
        } else if (lines.chunked) {
            ChunkedFraming framing = chunks;
            if (framing == null) {
                framing = new ChunkedFraming();
                chunks = framing;
            }
            framing.begin();
            state = State.CHUNKED;
        } else if (lines.contentLength < 0) {
            state = State.UNTIL_CLOSE;
        } else if (lines.contentLength > body.room()) {
            fail(Code.TOO_LARGE, body.tooLarge());
        } else {
            remaining = lines.contentLength;
            state = remaining == 0 ? State.DONE : State.FIXED;
        }
    }

    private int fixed(byte[] in, int at, int to) {
        int n = (int) Math.min(remaining, to - at);
        body.take(in, at, n, lines.contentLength);
        remaining -= n;
        if (remaining == 0) {
            state = State.DONE;
        }
        return at + n;
    }

    private int untilClose(byte[] in, int at, int to) {
        int n = (int) Math.min(to - at, body.room());
        body.take(in, at, n, -1);
        if (at + n < to) {
            fail(Code.TOO_LARGE, body.tooLarge());
        }
        return at + n;
    }

    private int chunked(byte[] in, int at, int to) {
        ChunkedFraming framing = Objects.requireNonNull(chunks);
        int end = framing.feed(in, at, to, body);
        Code wrong = framing.failure();
        if (wrong != null) {
            fail(wrong, framing.reason());
        } else if (framing.isDone()) {
            head = ResponseHead.withTrailers(head, framing.trailers());
            state = State.DONE;
        }
        return end;
    }

    private void fail(Code code, String why) {
        state = State.FAILED;
        failure = code;
        reason = why;
        body.remove();
        forgetPart();
    }
}
