package io.vikhry.runtime.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.vikhry.api.HttpException.Code;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection: the exchanges on its streams, from when they are sent until they are over, and its own end. Netty packs
 * and unpacks the heads; frames, windows and streams are ours. Only the loop's own thread touches it, and a VU that is mounted
 * there, to send.
 */
final class Http2Session implements Wire.End {
    /** What a stream, and the connection, may send before it hears that we read on: enough for the body of a page. */
    static final int WINDOW = 1 << 20;

    private final Http2Line line;
    private final Http2Input input;
    private final Http2Output output;
    private final Http2Streams streams;
    private boolean over;
    private boolean leaving;
    private long reads;
    private long completed;
    private String goAway = "";

    private Http2Session(Http2Line line, Function<Wire.End, Wire> wire) {
        this.line = line;
        this.output = new Http2Output(wire.apply(this));
        this.streams = new Http2Streams(this, line, output);
        this.input = new Http2Input(new Http2Peer(this, streams, output));
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
            leaving = true;
            line.again(x);
            left();
        } else {
            streams.begin(x, reads);
        }
    }

    /** Forgets an exchange that has failed, and tells the server that nobody waits for it. */
    void cancel(Http2Answer answer) {
        if (!streams.remove(answer)) {
            return;
        }
        if (answer.exchange.failure == Code.TIMEOUT && reads == answer.readsBefore) {
            // Waited for in vain, and not a byte since it was sent: nobody may be there any more.
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
        line.roomAgain();
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
        line.roomAgain();
    }

    private static Code code(Http2Exception cause) {
        return cause instanceof Http2Exception.HeaderListSizeException ? Code.TOO_LARGE : Code.PROTOCOL;
    }

    // ---- what the frames mean for it

    /** Something came for this answer: it may be over now. */
    void read(Http2Answer answer, boolean endOfStream) {
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

    /** The server has ended a stream; {@code undone} if it promises to have done nothing for it. */
    void reset(Http2Answer answer, boolean undone, String why) {
        answer.wasReset = true;
        if (!undone || !again(answer)) {
            fail(answer, Code.RESET, "the server reset the stream: " + why, null);
        }
    }

    /** The server broke the rules on one stream. */
    void broken(Http2Answer answer, Http2Exception cause) {
        fail(answer, code(cause), "the HTTP/2 stream failed: " + RootCause.message(cause), cause);
    }

    /** The server allows more streams, or longer ones. */
    void roomAgain() {
        line.roomAgain();
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

    /** Has another connection carry the exchange, if that was not tried before and nothing of its response was handed out. */
    private boolean again(Http2Answer answer) {
        Exchange x = answer.exchange;
        if (x.retried || x.upload != null || answer.hasHead() || !streams.have(answer)) {
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
