package io.vikhry.runtime.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.collection.IntObjectHashMap;
import io.vikhry.api.HttpException.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection and its streams, each with one exchange. Netty's codec does the framing, the compression of heads and the
 * flow control; this gives its events to the exchanges. Only the loop's own thread touches it.
 */
final class Http2Session extends Http2ConnectionHandler {
    /** What a stream, and the connection, may send before it hears that we read on: enough for the body of a page. */
    private static final int WINDOW = 1 << 20;

    private static final int DEFAULT_WINDOW = 65_535;

    private final Http2Line line;
    private final LoopBuffers buffers = LoopBuffers.ofThread();
    private final Http2Head heads = new Http2Head();
    private final IntObjectHashMap<Http2Answer> answers = new IntObjectHashMap<>(4);
    private @Nullable ChannelHandlerContext context;
    private boolean leaving;
    private long reads;
    private long completed;
    private String goAway = "";

    private Http2Session(
            Http2Line line, Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
        super(decoder, encoder, settings);
        this.line = line;
    }

    /** Speaks HTTP/2 on an open channel. */
    static Http2Session on(Channel channel, Http2Line line) throws Http2Exception {
        Http2Session session = new Builder(line).build();
        channel.pipeline().addLast(session);
        session.decoder()
                .flowController()
                .incrementWindowSize(session.connection().connectionStream(), WINDOW - DEFAULT_WINDOW);
        return session;
    }

    private static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<Http2Session, Builder> {
        private final Http2Line line;
        private final Http2Events events = new Http2Events();

        Builder(Http2Line line) {
            this.line = line;
            DefaultHttp2Connection connection = new DefaultHttp2Connection(false);
            // A stream that is not read must not hold back the others: the connection's own window is always opened
            // again.
            connection
                    .local()
                    .flowController(new DefaultHttp2LocalFlowController(
                            connection, DefaultHttp2LocalFlowController.DEFAULT_WINDOW_UPDATE_RATIO, true));
            connection(connection);
            frameListener(events);
            gracefulShutdownTimeoutMillis(0);
            initialSettings(new Http2Settings()
                    .pushEnabled(false)
                    .initialWindowSize(WINDOW)
                    .maxHeaderListSize(ResponseParser.MAX_HEAD));
        }

        @Override
        protected Http2Session build() {
            return super.build();
        }

        @Override
        protected Http2Session build(
                Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
            Http2Session session = new Http2Session(line, decoder, encoder, settings);
            events.session(session);
            session.connection().addListener(events);
            return session;
        }
    }

    LoopBuffers buffers() {
        return buffers;
    }

    /** Whether another exchange may be sent now. */
    boolean hasRoom() {
        return !leaving && connection().local().canOpenStream();
    }

    /** Whether it takes no more exchanges, ever. */
    boolean isLeaving() {
        return leaving;
    }

    List<Http2Answer> answers() {
        return new ArrayList<>(answers.values());
    }

    /** Sends an exchange on a stream of its own; there is {@link #hasRoom room} for it. */
    void send(Exchange x) {
        ChannelHandlerContext ctx = Objects.requireNonNull(context);
        int id = connection().local().incrementAndGetNextStreamId();
        if (id < 0) {
            // After a thousand million requests the numbers are used up.
            leave();
            line.again(x);
            return;
        }
        Http2Answer answer = new Http2Answer(this, id, x);
        answer.readsBefore = reads;
        answers.put(id, answer);
        x.connection = answer;
        line.sent(x);
        byte[] body = x.body;
        Upload upload = x.upload;
        boolean bodiless = upload == null && (body == null || body.length == 0);
        x.sent += x.head.length;
        boolean held = x.holdsBody();
        if (held) {
            line.held(x);
        }
        ChannelFuture written =
                encoder().writeHeaders(ctx, id, heads.request(x.head, line.origin()), 0, bodiless, ctx.newPromise());
        written.addListener(f -> {
            if (!f.isSuccess()) {
                notSent(answer, f.cause());
            } else if (bodiless) {
                taken(answer);
            }
        });
        if (held) {
            flush(ctx);
        } else {
            sendBody(ctx, answer, bodiless);
        }
    }

    /** Sends the body that was held back. */
    void sendHeld(Http2Answer answer) {
        ChannelHandlerContext ctx = context;
        answer.exchange.releaseBody();
        if (ctx != null && answers.get(answer.stream) == answer) {
            line.sent(answer.exchange);
            sendBody(ctx, answer, false);
        }
    }

    private void sendBody(ChannelHandlerContext ctx, Http2Answer answer, boolean bodiless) {
        int id = answer.stream;
        Exchange x = answer.exchange;
        byte[] body = x.body;
        Upload upload = x.upload;
        if (body != null && !bodiless && answers.get(id) == answer) {
            x.sent += body.length;
            encoder()
                    .writeData(ctx, id, Unpooled.wrappedBuffer(body), 0, true, ctx.newPromise())
                    .addListener(f -> {
                        if (f.isSuccess()) {
                            taken(answer);
                        }
                    });
        }
        flush(ctx);
        if (upload != null) {
            upload.start((piece, last) -> {
                if (answers.get(id) == answer) {
                    encoder()
                            .writeData(ctx, id, Unpooled.wrappedBuffer(piece), 0, last, ctx.newPromise())
                            .addListener(f -> {
                                if (f.isSuccess()) {
                                    upload.written(last);
                                }
                            });
                    flush(ctx);
                }
            });
        }
    }

    /** The system took the last byte of a request; what it may send, and when, the server decides. */
    private void taken(Http2Answer answer) {
        if (answers.get(answer.stream) == answer) {
            answer.exchange.sentNanos = System.nanoTime();
        }
    }

    /** Lets the server send on, on a stream that was held back. */
    void credit(int stream, int bytes) {
        ChannelHandlerContext ctx = context;
        Http2Stream open = connection().stream(stream);
        if (ctx == null || open == null || bytes == 0) {
            return;
        }
        try {
            decoder().flowController().consumeBytes(open, bytes);
            flush(ctx);
        } catch (Http2Exception e) {
            onError(ctx, true, e);
        }
    }

    /** Forgets an exchange that has failed, and tells the server that nobody waits for it. */
    void cancel(Http2Answer answer) {
        if (answers.remove(answer.stream) == null) {
            return;
        }
        if (reads == answer.readsBefore) {
            // Not a byte since it was sent: nobody may be there any more.
            leaving = true;
        }
        reset(answer.stream);
        left();
    }

    /** Closes the connection at once. */
    void close() {
        leaving = true;
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            ctx.close();
        }
    }

    // ---- events

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        reads++;
        super.channelRead(ctx, message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        gone(null);
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
            super.exceptionCaught(ctx, cause);
        } else {
            gone(cause);
            ctx.close();
        }
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, @Nullable Http2Exception known) {
        leave();
        for (Http2Answer answer : answers()) {
            fail(answer, code(cause), "the HTTP/2 connection failed: " + Connection.rootMessage(cause), cause);
        }
        super.onConnectionError(ctx, outbound, cause, known);
    }

    @Override
    protected void onStreamError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, Http2Exception.StreamException known) {
        Http2Answer answer = answers.get(known.streamId());
        if (answer != null) {
            fail(answer, code(known), "the HTTP/2 stream failed: " + Connection.rootMessage(cause), cause);
        }
        super.onStreamError(ctx, outbound, cause, known);
    }

    private static Code code(Throwable cause) {
        if (cause instanceof IOException) {
            return Code.RESET;
        }
        return cause instanceof Http2Exception.HeaderListSizeException ? Code.TOO_LARGE : Code.PROTOCOL;
    }

    @Nullable Http2Answer answer(int stream) {
        return answers.get(stream);
    }

    /** Something came for this answer: it may be over now. */
    void read(Http2Answer answer, boolean endOfStream) {
        Code wrong = answer.wrong();
        if (wrong != null) {
            fail(answer, wrong, answer.reason(), null);
        } else if (endOfStream) {
            answers.remove(answer.stream);
            completed++;
            Http2Stream open = connection().stream(answer.stream);
            if (open != null && open.state().localSideOpen()) {
                // An answer before the request was sent whole: the rest of it is not wanted.
                reset(answer.stream);
            }
            answer.complete();
            left();
        } else if (answer.exchange.firstByteNanos == 0 && answer.hasHead()) {
            answer.exchange.firstByteNanos = System.nanoTime();
        }
    }

    /** The server takes no more, and has done nothing for streams above {@code last}. */
    void goAway(int last, long error, ByteBuf debug) {
        leaving = true;
        goAway = " after GOAWAY " + Http2Error.valueOf(error) + " "
                + debug.toString(StandardCharsets.US_ASCII).replaceAll("[^\\x20-\\x7e]", "?");
        for (Http2Answer answer : answers()) {
            // The server promises that it has done nothing for these.
            if (answer.stream > last && !again(answer)) {
                fail(answer, Code.RESET, "the server turned the request away" + goAway, null);
            }
        }
        left();
    }

    private void notSent(Http2Answer answer, Throwable cause) {
        if (answers.get(answer.stream) == answer && !again(answer)) {
            fail(answer, Code.RESET, "the request could not be sent: " + Connection.rootMessage(cause), cause);
        }
    }

    /** The peer has closed, or the connection broke. */
    private void gone(@Nullable Throwable cause) {
        leave();
        for (Http2Answer answer : answers()) {
            boolean stale = completed > 0 && reads == answer.readsBefore && answer.exchange.idempotent;
            if (!stale || !again(answer)) {
                String why = "the connection broke in the middle of the exchange" + goAway;
                fail(answer, Code.RESET, cause == null ? why : why + ": " + Connection.rootMessage(cause), cause);
            }
        }
    }

    /** Has another connection carry the exchange, if that was not tried before. */
    boolean again(Http2Answer answer) {
        Exchange x = answer.exchange;
        if (x.retried || x.upload != null || answers.get(answer.stream) != answer) {
            return false;
        }
        x.retried = true;
        x.restart();
        answers.remove(answer.stream);
        x.connection = null;
        line.again(x);
        left();
        return true;
    }

    /** Ends an exchange without a response, unless it is over: that of another may have ended it. */
    void fail(Http2Answer answer, Code code, String why, @Nullable Throwable cause) {
        if (answers.get(answer.stream) == answer) {
            answer.exchange.fail(code, why, cause);
        }
    }

    /** Ends our side of a stream that is not over. */
    private void reset(int stream) {
        ChannelHandlerContext ctx = context;
        Http2Stream open = connection().stream(stream);
        if (ctx != null && open != null && ctx.channel().isActive()) {
            resetStream(ctx, stream, Http2Error.CANCEL.code(), ctx.newPromise());
            flush(ctx);
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
            if (answers.isEmpty()) {
                close();
            }
        }
        line.roomAgain();
    }
}
