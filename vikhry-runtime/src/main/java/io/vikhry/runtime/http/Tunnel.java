package io.vikhry.runtime.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The wait for a proxy's answer to CONNECT; leaves the pipeline when the way is free. */
final class Tunnel extends ChannelInboundHandlerAdapter {
    private final Proxy proxy;
    private final Origin origin;
    private final Consumer<@Nullable String> result;
    private final ResponseParser parser = new ResponseParser();

    Tunnel(Proxy proxy, Origin origin, Consumer<@Nullable String> result) {
        this.proxy = proxy;
        this.origin = origin;
        this.result = result;
        // An answer to CONNECT that says yes has no body, whatever its head says.
        parser.begin(true, false, 0, null);
    }

    static void ask(Channel channel, Proxy proxy, Origin origin) {
        String host = origin.host().indexOf(':') >= 0 ? "[" + origin.host() + "]" : origin.host();
        String target = host + ":" + origin.port();
        StringBuilder head = new StringBuilder("CONNECT ").append(target).append(" HTTP/1.1\r\n");
        Headers.line(head, "Host", target);
        String authorization = proxy.authorization();
        if (authorization != null) {
            Headers.line(head, "Proxy-Authorization", authorization);
        }
        channel.writeAndFlush(Unpooled.wrappedBuffer(Headers.bytes(head.append("\r\n"))), channel.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        byte[] bytes = new byte[in.readableBytes()];
        try {
            in.readBytes(bytes);
        } finally {
            in.release();
        }
        int used = parser.feed(bytes, 0, bytes.length);
        if (parser.failure() != null) {
            end(ctx, proxy + " did not answer CONNECT in HTTP: " + parser.reason());
        } else if (parser.isDone()) {
            int status = parser.status();
            if (status == 407) {
                end(
                        ctx,
                        proxy + (proxy.authorization() == null ? " asks for" : " refused the")
                                + " credentials (status 407 to CONNECT " + origin.authority() + ")");
            } else if (status >= 300) {
                end(ctx, proxy + " refused the way to " + origin.authority() + " with status " + status);
            } else if (used < bytes.length) {
                end(ctx, proxy + " sent bytes of its own after its answer to CONNECT");
            } else {
                end(ctx, null);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(ctx, proxy + " closed the connection instead of answering CONNECT");
    }

    private void end(ChannelHandlerContext ctx, @Nullable String complaint) {
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
            result.accept(complaint);
        }
    }
}
