package io.vikhry.runtime.http;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;

/** The server at the other end of one connection: what its frames say to the exchanges, and to the connection. */
final class Http2Peer {
    /** DATA without data and without an end, in a row. */
    private static final int MAX_EMPTY = 16;

    private final Http2Session session;
    private final Http2Streams streams;
    private final Http2Output output;
    private final Http2HeadReader heads = new Http2HeadReader();
    /** What the server may still send on all streams together, and what it may not yet send anew. */
    private int allowed = Http2Session.WINDOW;

    private int taken;
    private int empty;
    private boolean hasSettled;

    Http2Peer(Http2Session session, Http2Streams streams, Http2Output output) {
        this.session = session;
        this.streams = streams;
        this.output = output;
    }

    /** Whether anything that it says is still of interest. */
    boolean isHeard() {
        return session.isOpen();
    }

    // ---- about a stream

    void headers(int stream, byte[] in, int from, int n, boolean end) throws Http2Exception {
        // Unpacked in any case: the table of the compression depends on it.
        Http2Headers headers = heads.read(stream, in, from, n);
        Http2Answer answer = streams.active(stream);
        if (answer != null) {
            answer.headers(heads, headers, end);
            session.read(answer, end);
        }
    }

    /** @param all bytes of the frame, its padding among them */
    void data(int stream, byte[] in, int from, int n, int all, boolean end) throws Http2Exception {
        allowed -= all;
        empty = n == 0 && !end ? empty + 1 : 0;
        if (allowed < 0 || empty > MAX_EMPTY) {
            throw Http2Exception.connectionError(
                    allowed < 0 ? Http2Error.FLOW_CONTROL_ERROR : Http2Error.ENHANCE_YOUR_CALM,
                    allowed < 0 ? "more data than the windows allow" : "endless frames without data");
        }
        // A stream that is not read must not hold back the others: for the connection all counts as taken.
        taken += all;
        if (taken >= Http2Session.WINDOW / 2) {
            output.open(0, taken);
            allowed += taken;
            taken = 0;
        }
        Http2Answer answer = streams.active(stream);
        if (answer == null) {
            return;
        }
        answer.window -= all;
        if (answer.window < 0) {
            throw Http2Exception.connectionError(
                    Http2Error.FLOW_CONTROL_ERROR, "more data than the window of the stream allows");
        }
        answer.data(in, from, n, all, end);
        session.read(answer, end);
    }

    void reset(int stream, long error) throws Http2Exception {
        Http2Answer answer = streams.active(stream);
        if (answer != null) {
            Http2Error known = Http2Error.valueOf(error);
            session.reset(
                    answer, known == Http2Error.REFUSED_STREAM, String.valueOf(known == null ? (Object) error : known));
        }
    }

    /** The server broke the rules on one stream. */
    void streamFailed(Http2Exception.StreamException cause) {
        Http2Answer answer = streams.get(cause.streamId());
        if (answer != null) {
            session.broken(answer, cause);
        }
    }

    // ---- about the connection

    void settings(byte[] in, int from, int to) throws Http2Exception {
        if (!hasSettled) {
            // Where it says nothing else.
            hasSettled = true;
            streams.most(Integer.MAX_VALUE);
        }
        for (int at = from; at < to; at += 6) {
            int value = Http2Input.number(in, at + 2);
            switch ((in[at] & 0xff) << 8 | in[at + 1] & 0xff) {
                case 1 -> streams.blocks().tableSize(value & 0xffffffffL);
                case 2 -> Http2Input.check(value == 0, "a server that wants to be pushed to");
                case 3 -> streams.most(value < 0 ? Integer.MAX_VALUE : value);
                case 4 -> {
                    open(value >= 0);
                    open(streams.initialWindow(value));
                }
                case 5 -> {
                    Http2Input.check(value >= 16_384 && value < 1 << 24, "a size of frames that is not allowed");
                    output.maxFrame(value);
                }
                case 6 -> streams.blocks().maxHead(value & 0xffffffffL);
                default -> {
                    // Extensions are to be passed over.
                }
            }
        }
        output.acknowledgeSettings();
        session.roomAgain();
    }

    void ping(byte[] in, int from) throws Http2Exception {
        output.acknowledgePing(in, from);
    }

    /** The server takes {@code more} on a stream, or on 0, the connection. */
    void opened(int stream, int more) throws Http2Exception {
        if (stream == 0) {
            Http2Input.check(more > 0, "a window that opens by 0");
            open(output.taken(more));
            return;
        }
        Http2Answer answer = streams.active(stream);
        if (answer != null && (more == 0 || !output.taken(answer, more))) {
            throw Http2Exception.streamError(
                    stream,
                    more == 0 ? Http2Error.PROTOCOL_ERROR : Http2Error.FLOW_CONTROL_ERROR,
                    "a window that opens by nothing, or too far");
        }
    }

    private static void open(boolean right) throws Http2Exception {
        if (!right) {
            throw Http2Exception.connectionError(Http2Error.FLOW_CONTROL_ERROR, "a window that is too large");
        }
    }

    void goAway(int last, long error, String debug) {
        session.goAway(last, error, debug);
    }
}
