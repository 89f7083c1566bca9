package io.vikhry.runtime.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.vikhry.api.HttpException.Code;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection: what its server's frames mean for the exchanges, each of which has a stream. Netty packs and unpacks the
 * heads; frames, windows and streams are ours. Only the loop's own thread touches it, and a VU that is mounted there, to send.
 */
final class Http2Session implements Wire.End {
    /** What a stream, and the connection, may send before it hears that we read on: enough for the body of a page. */
    static final int WINDOW = 1 << 20;

    /** DATA without data and without an end, in a row. */
    private static final int MAX_EMPTY = 16;

    private final Http2Line line;
    private final Http2Input input = new Http2Input(this);
    private final Http2Output output;
    private final Http2HeadReader heads = new Http2HeadReader();
    private final Http2Streams streams;
    private Http2Head.@Nullable Answered answered;
    /** What the server may still send on all streams together, and what it may not yet send anew. */
    private int window = WINDOW;

    private int taken;
    private int empty;
    private boolean over;
    private boolean leaving;
    private long reads;
    private long completed;
    private String goAway = "";

    private Http2Session(Http2Line line, Function<Wire.End, Wire> wire) {
        this.line = line;
        this.output = new Http2Output(wire.apply(this));
        this.streams = new Http2Streams(this, line, output);
    }

    /** Speaks HTTP/2 on an open channel. */
    static Http2Session on(Channel channel, Http2Line line) {
        return on(line, end -> ChannelWire.over(channel, end));
    }

    /** Speaks HTTP/2 on an open socket. */
    static Http2Session on(BareSocket socket, Http2Line line) {
        return on(line, end -> {
            socket.attach(end);
            return socket;
        });
    }

    /** Speaks HTTP/2 on the wire that is made for this end of it. */
    static Http2Session on(Http2Line line, Function<Wire.End, Wire> wire) {
        Http2Session session = new Http2Session(line, wire);
        session.output.begin();
        return session;
    }

    /** Whether anything that comes is still of interest. */
    boolean isOpen() {
        return !over;
    }

    /** Whether a VU mounted on the loop may {@link #send} too. */
    boolean isDirect() {
        return output.isDirect();
    }

    /** Whether another exchange may be sent now. */
    boolean hasRoom() {
        return !leaving && streams.haveRoom() && output.isOpen();
    }

    Http2Streams streams() {
        return streams;
    }

    // ---- requests

    /** Sends an exchange on a stream of its own; there is {@link #hasRoom room} for it. */
    void send(Exchange x) {
        if (streams.areUsedUp()) {
            leave();
            line.again(x);
        } else {
            streams.begin(x, reads);
        }
    }

    /** Forgets an exchange that has failed, and tells the server that nobody waits for it. */
    void cancel(Http2Answer answer) {
        if (!streams.remove(answer)) {
            return;
        }
        if (reads == answer.readsBefore) {
            // Not a byte since it was sent: nobody may be there any more.
            leaving = true;
        }
        stop(answer);
        left();
    }

    /** Ends our side of a stream that is not over. */
    private void stop(Http2Answer answer) {
        output.forget(answer);
        if (!over && !answer.wasReset && output.isOpen()) {
            output.reset(answer.stream, Http2Error.CANCEL);
        }
    }

    // ---- what the wire tells

    @Override
    public void received(byte[] in, int n, boolean more) {
        if (over) {
            return;
        }
        reads++;
        try {
            input.feed(in, n);
        } catch (Http2Exception e) {
            broken(e);
        }
    }

    @Override
    public void sent() {
        streams.sent();
    }

    @Override
    public void gone(@Nullable Throwable cause) {
        if (over) {
            return;
        }
        leave();
        for (Http2Answer answer : streams.all()) {
            boolean stale = completed > 0 && reads == answer.readsBefore && answer.exchange.idempotent;
            if (!stale || !again(answer)) {
                String why = "the connection broke in the middle of the exchange" + goAway;
                fail(answer, Code.RESET, cause == null ? why : why + ": " + RootCause.message(cause), cause);
            }
        }
        close();
    }

    /** The server broke the rules, so that nothing more of it can be understood. */
    private void broken(Http2Exception cause) {
        leave();
        if (output.isOpen()) {
            output.goAway(cause.error());
        }
        over = true;
        for (Http2Answer answer : streams.all()) {
            fail(answer, code(cause), "the HTTP/2 connection failed: " + RootCause.message(cause), cause);
        }
        output.close();
    }

    /** The server broke the rules on one stream. */
    void streamFailed(Http2Exception.StreamException cause) {
        Http2Answer answer = streams.get(cause.streamId());
        if (answer != null) {
            fail(answer, code(cause), "the HTTP/2 stream failed: " + RootCause.message(cause), cause);
        }
    }

    private static Code code(Http2Exception cause) {
        return cause instanceof Http2Exception.HeaderListSizeException ? Code.TOO_LARGE : Code.PROTOCOL;
    }

    // ---- frames

    void headers(int stream, byte[] in, int from, int n, boolean end) throws Http2Exception {
        // Unpacked in any case: the table of the compression depends on it.
        Http2Headers headers = heads.read(stream, in, from, n);
        Http2Answer answer = streams.active(stream);
        if (answer != null) {
            answer.headers(headers, end);
            read(answer, end);
        }
    }

    /** The head of a response, made once for as long as it stays the same; null if a value would break out of its line. */
    @SuppressWarnings("ReferenceEquality") // as the reader of heads promises
    Http2Head.@Nullable Answered answered(int status, Http2Headers headers) {
        Http2Head.Answered before = answered;
        if (before == null || before.headers() != headers) {
            before = Http2Head.response(status, headers);
            answered = before;
        }
        return before;
    }

    /** @param all bytes of the frame, its padding among them */
    void data(int stream, byte[] in, int from, int n, int all, boolean end) throws Http2Exception {
        window -= all;
        empty = n == 0 && !end ? empty + 1 : 0;
        if (window < 0 || empty > MAX_EMPTY) {
            throw Http2Exception.connectionError(
                    window < 0 ? Http2Error.FLOW_CONTROL_ERROR : Http2Error.ENHANCE_YOUR_CALM,
                    window < 0 ? "more data than the windows allow" : "endless frames without data");
        }
        // A stream that is not read must not hold back the others: for the connection all counts as taken.
        taken += all;
        if (taken >= WINDOW / 2) {
            output.open(0, taken);
            window += taken;
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
        read(answer, end);
    }

    void reset(int stream, long error) throws Http2Exception {
        Http2Answer answer = streams.active(stream);
        if (answer == null) {
            return;
        }
        Http2Error known = Http2Error.valueOf(error);
        answer.wasReset = true;
        if (known != Http2Error.REFUSED_STREAM || !again(answer)) {
            fail(answer, Code.RESET, "the server reset the stream: " + (known == null ? error : known), null);
        }
    }

    void settings(byte[] in, int from, int to) throws Http2Exception {
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
        line.roomAgain();
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

    /** Something came for this answer: it may be over now. */
    private void read(Http2Answer answer, boolean endOfStream) {
        Code wrong = answer.wrong();
        if (wrong != null) {
            fail(answer, wrong, answer.reason(), null);
        } else if (endOfStream) {
            streams.remove(answer);
            completed++;
            if (!answer.requestSent) {
                // An answer before the request was sent whole: the rest of it is not wanted.
                stop(answer);
            }
            answer.complete();
            left();
        } else if (answer.hasHead()) {
            answer.exchange.sample.answerBegins();
        }
    }

    /** The server takes no more, and has done nothing for streams above {@code last}. */
    void goAway(int last, long error, String debug) {
        leaving = true;
        goAway = " after GOAWAY " + Http2Error.valueOf(error) + " " + debug.replaceAll("[^\\x20-\\x7e]", "?");
        for (Http2Answer answer : streams.all()) {
            // The server promises that it has done nothing for these.
            if (answer.stream > last && !again(answer)) {
                fail(answer, Code.RESET, "the server turned the request away" + goAway, null);
            }
        }
        left();
    }

    // ---- ending

    /** Has another connection carry the exchange, if that was not tried before. */
    private boolean again(Http2Answer answer) {
        Exchange x = answer.exchange;
        if (x.retried || x.upload != null || !streams.have(answer)) {
            return false;
        }
        x.retried = true;
        x.restart();
        streams.remove(answer);
        output.forget(answer);
        x.connection = null;
        line.again(x);
        left();
        return true;
    }

    /** Ends an exchange without a response, unless it is over: that of another may have ended it. */
    private void fail(Http2Answer answer, Code code, String why, @Nullable Throwable cause) {
        if (streams.have(answer)) {
            answer.exchange.fail(code, why, cause);
        }
    }

    private void leave() {
        leaving = true;
        line.forget(this);
    }

    /** A stream is over: another may begin, or the connection is done. */
    private void left() {
        if (leaving) {
            line.forget(this);
            if (streams.isEmpty()) {
                close();
            }
        }
        line.roomAgain();
    }

    /** Closes the connection at once. */
    void close() {
        leaving = true;
        if (!over) {
            over = true;
            if (output.isOpen()) {
                output.goAway(Http2Error.NO_ERROR);
            }
            output.close();
        }
    }
}
