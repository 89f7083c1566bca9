package io.vikhry.runtime.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import org.jspecify.annotations.Nullable;

/** A wire through a channel of Netty, as the last of its handlers: with TLS, and where there is no {@link BareSocket}. */
final class ChannelWire extends ChannelInboundHandlerAdapter implements Wire {
    private static final int INLINE_BODY = 16 * 1024;
    private static final int BODY_SLICE = 128 * 1024;

    private final End end;
    private final LoopBuffers buffers = LoopBuffers.ofThread();
    private final Channel channel;

    private byte @Nullable [] pendingBody;
    private int pendingFrom;

    private ChannelWire(Channel channel, End end) {
        this.channel = channel;
        this.end = end;
    }

    /** Takes over an open channel; tells {@code end} what comes. */
    static ChannelWire over(Channel channel, End end) {
        ChannelWire wire = new ChannelWire(channel, end);
        channel.pipeline().addLast(wire);
        return wire;
    }

    @Override
    public boolean isOpen() {
        return channel.isActive();
    }

    /** Netty knows threads, not who is mounted on them. */
    @Override
    public boolean isDirect() {
        return false;
    }

    @Override
    public boolean isDrained() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return pendingBody == null && outbound != null && outbound.isEmpty();
    }

    @Override
    public boolean send(byte[] head, byte @Nullable [] wholeBody) {
        Channel c = channel;
        byte[] body = wholeBody;
        ByteBuf out = buffers.out();
        if (head.length > out.writableBytes()) {
            out.release();
            out = Unpooled.wrappedBuffer(head);
        } else {
            out.writeBytes(head);
        }
        if (body != null && body.length <= Math.min(INLINE_BODY, out.writableBytes())) {
            out.writeBytes(body);
            body = null;
        }
        if (body == null) {
            c.writeAndFlush(out, c.voidPromise());
        } else {
            c.write(out);
            if (!c.isWritable()) {
                // A head that is a buffer full by itself: nobody would say that it may go on.
                c.flush();
            }
            pendingBody = body;
            pendingFrom = 0;
            writeBody(c);
        }
        if (isDrained()) {
            return true;
        }
        if (pendingBody == null) {
            tellWhenTaken(c);
        }
        return false;
    }

    /** Behind what the channel has: nothing of its own, written where it is taken as it is, after TLS. */
    private void tellWhenTaken(Channel c) {
        ChannelPromise taken = c.newPromise();
        taken.addListener(f -> {
            if (f.isSuccess()) {
                end.sent();
            }
        });
        c.unsafe().write(Unpooled.EMPTY_BUFFER, taken);
        c.unsafe().flush();
    }

    /** Writes on while the channel takes it, so that a big body is not copied whole. */
    private void writeBody(Channel c) {
        byte[] body = pendingBody;
        while (body != null && c.isActive() && c.isWritable()) {
            int n = Math.min(BODY_SLICE, body.length - pendingFrom);
            int from = pendingFrom;
            pendingFrom += n;
            if (pendingFrom == body.length) {
                pendingBody = null;
            }
            ChannelFuture written = c.writeAndFlush(Unpooled.wrappedBuffer(body, from, n));
            if (written.isDone() && !written.isSuccess()) {
                pendingBody = null;
            }
            body = pendingBody;
        }
    }

    @Override
    public void sendPart(byte[] part, Runnable taken) {
        channel.writeAndFlush(Unpooled.wrappedBuffer(part)).addListener(f -> {
            if (f.isSuccess()) {
                taken.run();
            }
        });
    }

    @Override
    public void read(boolean on) {
        channel.config().setAutoRead(on);
    }

    @Override
    public void close() {
        pendingBody = null;
        // With a write under way io_uring's channels (Netty 4.2.18) would begin to read once more, and close after the
        // peer only.
        channel.config().setAutoRead(false);
        channel.close();
    }

    // ---- from the channel

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (pendingBody != null) {
            writeBody(ctx.channel());
            if (pendingBody == null) {
                tellWhenTaken(ctx.channel());
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            while (bytes.isReadable()) {
                int n = Math.min(bytes.readableBytes(), buffers.in.length);
                bytes.readBytes(buffers.in, 0, n);
                end.received(buffers.in, n, bytes.isReadable());
            }
        } finally {
            bytes.release();
        }
    }

    /** The farewell of TLS is the peer's end, whether or not that of the connection follows. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == SslCloseCompletionEvent.SUCCESS) {
            end.gone(null);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end.gone(null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        end.gone(cause);
    }
}
