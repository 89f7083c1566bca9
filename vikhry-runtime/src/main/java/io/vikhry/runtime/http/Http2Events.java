package io.vikhry.runtime.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.vikhry.api.HttpException.Code;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the codec tells of the frames that came and of the streams. */
final class Http2Events extends Http2EventAdapter {
    private @Nullable Http2Session session;

    void session(Http2Session s) {
        session = s;
    }

    private Http2Session session() {
        return Objects.requireNonNull(session);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx, int stream, Http2Headers headers, int padding, boolean endOfStream) {
        Http2Answer answer = session().answer(stream);
        if (answer != null) {
            answer.headers(headers);
            session().read(answer, endOfStream);
        }
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx,
            int stream,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean endOfStream) {
        onHeadersRead(ctx, stream, headers, padding, endOfStream);
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int stream, ByteBuf data, int padding, boolean endOfStream) {
        Http2Answer answer = session().answer(stream);
        if (answer != null) {
            int consumed = answer.data(data, padding);
            session().read(answer, endOfStream);
            return consumed;
        }
        return data.readableBytes() + padding;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int stream, long error) {
        Http2Answer answer = session().answer(stream);
        if (answer != null) {
            Http2Error known = Http2Error.valueOf(error);
            if (known == Http2Error.REFUSED_STREAM && session().again(answer)) {
                return;
            }
            session().fail(answer, Code.RESET, "the server reset the stream: " + (known == null ? error : known), null);
        }
    }

    @Override
    public void onGoAwayReceived(int last, long error, ByteBuf debug) {
        session().goAway(last, error, debug);
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        Http2Answer answer = session().answer(stream.id());
        if (answer != null) {
            session().fail(answer, Code.RESET, "the stream was closed in the middle of the response", null);
        }
    }
}
