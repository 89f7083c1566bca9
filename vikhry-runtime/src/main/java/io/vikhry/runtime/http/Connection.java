package io.vikhry.runtime.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.DecoderException;
import io.vikhry.api.HttpException.Code;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection: opened for its first exchange, then carrying one exchange after another. Only the loop's own thread touches
 * it.
 */
final class Connection extends ChannelInboundHandlerAdapter implements Dial.Opener, Carrier, Download.Tap {
    private static final int INLINE_BODY = 16 * 1024;
    private static final int BODY_SLICE = 128 * 1024;

    private enum State {
        OPENING,
        OPEN,
        CLOSED
    }

    private final Pool pool;
    private final ResponseParser parser = new ResponseParser();
    private final LoopBuffers buffers = LoopBuffers.ofThread();
    private final Deadline deadline;
    private State state = State.OPENING;
    private long openDeadlineNanos;
    private long idleSinceNanos;
    private @Nullable Dial dial;
    private @Nullable Channel channel;
    private @Nullable Exchange exchange;
    private boolean reused;
    private byte @Nullable [] pendingBody;
    private int pendingFrom;

    Connection(Pool pool) {
        this.pool = pool;
        this.deadline = new Deadline(pool.loop(), this::deadline);
    }

    // ---- opening

    void open(Exchange x) {
        exchange = x;
        x.connection = this;
        long now = System.nanoTime();
        openDeadlineNanos = now + pool.settings().connectTimeoutNanos();
        deadline.notAfter(Math.min(openDeadlineNanos, x.deadlineNanos));
        Dial d = new Dial(pool, this);
        dial = d;
        x.dial = d;
        d.start();
    }

    /** Takes over an open channel, for its first exchange. */
    void adopt(Channel c, Exchange x) {
        exchange = x;
        x.connection = this;
        opened(c, false);
    }

    @Override
    public void opened(Channel c, boolean http2) {
        c.pipeline().addLast(this);
        channel = c;
        dial = null;
        state = State.OPEN;
        Exchange x = exchange;
        if (x == null) {
            return;
        }
        if (x.mayGo()) {
            write(x);
        } else {
            exchange = null;
            rest();
        }
    }

    /** Waits for the next exchange. */
    private void rest() {
        pool.giveBack(this);
        long idle = pool.settings().idleNanos();
        if (idle > 0) {
            idleSinceNanos = System.nanoTime();
            deadline.notAfter(idleSinceNanos + idle);
        }
    }

    /** Whether it carries an exchange of this client at the moment. */
    boolean isFor(HttpClient client) {
        Exchange x = exchange;
        return x != null && x.client() == client;
    }

    @Override
    public void notOpened(Code code, String why, @Nullable Throwable cause) {
        fail(code, why, cause);
    }

    // ---- exchanges

    /** Whether an idle connection may take an exchange. */
    boolean isUsable() {
        Channel c = channel;
        return state == State.OPEN && c != null && c.isActive();
    }

    /** Sends an exchange on this connection, which is idle. */
    void send(Exchange x) {
        exchange = x;
        x.connection = this;
        reused = true;
        if (x.carriedNanos == 0) {
            x.carriedNanos = x.startNanos;
        }
        write(x);
    }

    private void write(Exchange x) {
        Channel c = channel;
        if (c == null) {
            return;
        }
        Download download = x.download;
        parser.begin(x.toHead, x.keepBody, x.maxBody, download);
        if (download != null) {
            download.from(this);
        }
        long firstByte = pool.settings().firstByteNanos();
        if (firstByte > 0) {
            x.firstByteDeadlineNanos = System.nanoTime() + firstByte;
        }
        boolean held = x.holdsBody();
        deadline.notAfter(due(x));
        byte[] head = x.head;
        byte[] body = held ? null : x.body;
        int bodyLength = body == null ? 0 : body.length;
        x.sent += head.length + bodyLength;
        ByteBuf out = buffers.out();
        if (head.length > out.writableBytes()) {
            out.release();
            out = Unpooled.wrappedBuffer(head);
        } else {
            out.writeBytes(head);
        }
        if (body != null && bodyLength <= Math.min(INLINE_BODY, out.writableBytes())) {
            out.writeBytes(body);
            body = null;
        }
        if (body == null) {
            c.writeAndFlush(out, c.voidPromise());
            Upload upload = x.upload;
            if (held) {
                return;
            }
            if (upload != null) {
                upload.startChunked(c);
            } else if (exchange == x) {
                x.sentNanos = System.nanoTime();
            }
        } else {
            c.write(out);
            pendingBody = body;
            pendingFrom = 0;
            writeBody(c);
        }
    }

    /** Sends the body that was held back. */
    private void sendHeld(Exchange x) {
        Channel c = channel;
        byte[] body = x.body;
        Upload upload = x.upload;
        x.releaseBody();
        if (c == null) {
            return;
        }
        if (upload != null) {
            upload.startChunked(c);
        } else if (body != null) {
            x.sent += body.length;
            pendingBody = body;
            pendingFrom = 0;
            writeBody(c);
        }
    }

    /**
     * Writes on while the channel takes it, so that a big body is not copied whole. A failure to write is not yet the end: a
     * server that wants no more may have answered before it closed. The answer or the close is read next.
     */
    private void writeBody(Channel c) {
        byte[] body = pendingBody;
        while (body != null && c.isActive() && c.isWritable()) {
            int n = Math.min(BODY_SLICE, body.length - pendingFrom);
            int from = pendingFrom;
            pendingFrom += n;
            if (pendingFrom == body.length) {
                pendingBody = null;
                Exchange x = exchange;
                if (x != null) {
                    x.sentNanos = System.nanoTime();
                }
            }
            ChannelFuture written = c.writeAndFlush(Unpooled.wrappedBuffer(body, from, n));
            if (written.isDone() && !written.isSuccess()) {
                pendingBody = null;
            }
            body = pendingBody;
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (pendingBody != null) {
            writeBody(ctx.channel());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            while (in.isReadable() && exchange != null && state == State.OPEN) {
                int n = Math.min(in.readableBytes(), buffers.in.length);
                in.readBytes(buffers.in, 0, n);
                int used = parser.feed(buffers.in, 0, n);
                Exchange x = exchange;
                if (parser.isDone()) {
                    complete(used == n && !in.isReadable());
                } else if (parser.failure() != null) {
                    malformed();
                } else if (x != null) {
                    if (x.firstByteNanos == 0) {
                        x.firstByteNanos = System.nanoTime();
                    }
                    if (x.heldUntilNanos != 0 && parser.isContinued()) {
                        sendHeld(x);
                    }
                }
            }
            if (in.isReadable() && exchange == null) {
                // Nobody asked for this: whatever it is, the connection is out of step.
                close();
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone(null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        gone(cause);
    }

    /** The peer has closed, or the connection broke. */
    private void gone(@Nullable Throwable cause) {
        Exchange x = exchange;
        if (x == null || state != State.OPEN) {
            if (state == State.OPEN) {
                close();
            }
            return;
        }
        if (reused && parser.consumed() == 0 && x.idempotent && !x.retried) {
            // The server gave up the idle connection at the moment it was used: no fault of the request.
            x.retried = true;
            exchange = null;
            x.connection = null;
            x.restart();
            close();
            pool.open(x);
            return;
        }
        if (cause == null) {
            parser.end();
            if (parser.isDone()) {
                complete(false);
            } else {
                malformed();
            }
        } else if (cause instanceof SSLException || cause instanceof DecoderException) {
            fail(Code.TLS, "the TLS connection broke: " + rootMessage(cause), cause);
        } else {
            String when = parser.consumed() == 0
                    ? "before a response"
                    : "in the middle of the response, after " + parser.consumed() + " bytes";
            fail(Code.RESET, "the connection broke " + when + ": " + rootMessage(cause), cause);
        }
    }

    /** Reads no more for the moment: the peer is held back. */
    @Override
    public void hold() {
        Channel c = channel;
        if (c != null) {
            c.config().setAutoRead(false);
        }
    }

    /** Reads on. */
    @Override
    public void flow() {
        Channel c = channel;
        if (c != null) {
            c.config().setAutoRead(true);
        }
    }

    private void malformed() {
        Code code = parser.failure();
        fail(code == null ? Code.PROTOCOL : code, parser.reason(), null);
    }

    private void complete(boolean inStep) {
        Exchange x = exchange;
        Channel c = channel;
        if (x == null || c == null) {
            return;
        }
        ChannelOutboundBuffer outbound = c.unsafe().outboundBuffer();
        Upload upload = x.upload;
        boolean allSent = pendingBody == null
                && x.heldUntilNanos == 0
                && (upload == null || upload.isSent())
                && outbound != null
                && outbound.isEmpty();
        exchange = null;
        if (x.download != null) {
            flow();
        }
        if (inStep && allSent && parser.isReusable() && c.isActive()) {
            rest();
        } else {
            close();
        }
        x.complete(parser);
    }

    /** When an exchange that was sent is too late as things stand. */
    private long due(Exchange x) {
        boolean first = pool.settings().firstByteNanos() > 0 && parser.consumed() == 0;
        long due = first ? Math.min(x.deadlineNanos, x.firstByteDeadlineNanos) : x.deadlineNanos;
        return x.heldUntilNanos != 0 ? Math.min(due, x.heldUntilNanos) : due;
    }

    private void deadline() {
        Exchange x = exchange;
        Dial d = dial;
        long now = System.nanoTime();
        if (x == null) {
            long idle = pool.settings().idleNanos();
            if (idle > 0 && now - idleSinceNanos >= idle) {
                close();
            } else if (idle > 0) {
                deadline.notAfter(idleSinceNanos + idle);
            }
            return;
        }
        if (x.deadlineNanos - now <= 0) {
            String where = d == null
                    ? "no complete response within the request's timeout"
                    : "the request's timeout struck while " + d.phase();
            fail(Code.TIMEOUT, where, null);
        } else if (d == null && x.heldUntilNanos != 0 && x.heldUntilNanos - now <= 0) {
            sendHeld(x);
            deadline.notAfter(due(x));
        } else if (d == null && due(x) - now <= 0) {
            fail(Code.TIMEOUT, "no byte of a response within the first-byte timeout", null);
        } else if (d != null && openDeadlineNanos - now <= 0) {
            fail(Code.CONNECT_TIMEOUT, "no connection within the connect timeout: still " + d.phase(), null);
        } else {
            deadline.notAfter(d == null ? due(x) : Math.min(x.deadlineNanos, openDeadlineNanos));
        }
    }

    // ---- ending

    private void fail(Code code, String why, @Nullable Throwable cause) {
        Exchange x = exchange;
        if (x == null) {
            close();
        } else {
            x.fail(code, why, cause);
        }
    }

    /** Cancels what is in flight, and closes. */
    void cancel(String why) {
        fail(Code.CANCELLED, why, null);
    }

    /** Closes, without a word to the exchange, which has failed; returns how many bytes of its response came. */
    @Override
    public long letGo(Exchange x) {
        exchange = null;
        long bytes = state == State.OPEN ? parser.consumed() : 0;
        close();
        return bytes;
    }

    private void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        pendingBody = null;
        deadline.cancel();
        pool.forget(this);
        Dial d = dial;
        if (d != null) {
            d.abandon();
        }
        Channel c = channel;
        if (c != null) {
            c.close();
        }
    }

    static String rootMessage(@Nullable Throwable thrown) {
        Throwable t = thrown;
        while (t != null && t.getCause() != null && t.getCause() != t) {
            t = t.getCause();
        }
        return t == null ? "unknown" : t.getMessage() == null ? t.toString() : t.getMessage();
    }
}
