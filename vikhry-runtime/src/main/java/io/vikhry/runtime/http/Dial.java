package io.vikhry.runtime.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.vikhry.api.HttpException.Code;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The making of one connection: look the name up, connect to one address after another, shake hands. It ends by one call of
 * {@link Opener#opened} or {@link Opener#notOpened}, or silently when it is abandoned. Only the loop's own thread
 * touches it; what it waits for elsewhere comes back as a task of the loop.
 */
final class Dial {
    /** Who asked for the connection. */
    interface Opener {
        /** What the channel's pipeline ends with; asked once for each address that is tried. */
        ChannelHandler handler();

        /** It is open, and the server speaks HTTP/2 on it or HTTP/1.1. */
        void opened(Channel channel, boolean http2);

        /** There will be none. */
        void notOpened(Code code, String why, @Nullable Throwable cause);
    }

    private final Pool pool;
    private final Opener opener;
    private @Nullable Channel channel;
    private String phase = "looking up the name";
    private boolean over;

    /** When each of its parts was over; 0 before. */
    final long startedNanos = System.nanoTime();

    long resolvedNanos;
    long connectedNanos;
    long openedNanos;

    Dial(Pool pool, Opener opener) {
        this.pool = pool;
        this.opener = opener;
    }

    /** What it is doing, for people. */
    String phase() {
        return phase;
    }

    void start() {
        then(Resolver.SHARED.resolve(pool.origin().host()), (addresses, failure) -> {
            if (addresses != null) {
                resolvedNanos = System.nanoTime();
                phase = "connecting";
                connect(addresses, 0);
            } else {
                String why = failure == null || failure.getMessage() == null ? "" : " (" + failure.getMessage() + ")";
                fail(Code.DNS, "the name " + pool.origin().host() + " does not resolve" + why, failure);
            }
        });
    }

    /** Nobody waits for it any more. */
    void abandon() {
        over = true;
        Channel c = channel;
        if (c != null) {
            c.close();
        }
    }

    /** What follows a step taken apart from the loop. */
    @FunctionalInterface
    private interface Next<T> {
        void go(@Nullable T result, @Nullable Throwable failure);
    }

    private <T> void then(CompletableFuture<T> step, Next<T> next) {
        if (step.isDone()) {
            Throwable failure = step.isCompletedExceptionally() ? step.exceptionNow() : null;
            next.go(failure == null ? step.resultNow() : null, failure);
            return;
        }
        step.whenComplete((result, failure) -> pool.loop().execute(() -> {
            if (!over) {
                next.go(result, failure == null ? null : Resolver.cause(failure));
            }
        }));
    }

    private void connect(List<InetAddress> addresses, int index) {
        InetSocketAddress to =
                new InetSocketAddress(addresses.get(index), pool.origin().port());
        Bootstrap bootstrap = new Bootstrap()
                .group(pool.loop().netty())
                .channel(pool.channelType())
                .disableResolver()
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .option(ChannelOption.AUTO_CLOSE, false)
                .handler(opener.handler());
        if (!pool.origin().tls() && !pool.settings().http2()) {
            bootstrap.option(ChannelOption.RECVBUF_ALLOCATOR, LoopBuffers.Receiving.SHARED);
        }
        ChannelFuture connecting = bootstrap.connect(to);
        Channel c = connecting.channel();
        channel = c;
        connecting.addListener(f -> {
            if (over) {
                c.close();
            } else if (f.isSuccess()) {
                connected(c);
            } else if (index + 1 < addresses.size()) {
                connect(addresses, index + 1);
            } else {
                notConnected(to, f.cause());
            }
        });
    }

    private void notConnected(InetSocketAddress to, @Nullable Throwable cause) {
        String message = cause == null || cause.getMessage() == null ? "" : cause.getMessage();
        // The transports give no other sign of which error it was; the text is not translated.
        if (cause instanceof ConnectException && message.contains("refused")) {
            fail(Code.CONNECT_REFUSED, "nobody listens on " + pool.origin().authority(), cause);
        } else {
            fail(Code.CONNECT_FAILED, "no connection to " + to + ": " + message, cause);
        }
    }

    private void connected(Channel c) {
        connectedNanos = System.nanoTime();
        if (!pool.origin().tls()) {
            opened(c, pool.settings().http2());
            return;
        }
        phase = "in the TLS handshake";
        then(pool.settings().tls(), (context, failure) -> {
            if (context == null) {
                fail(Code.TLS, "TLS is not to be had: " + Connection.rootMessage(failure), failure);
            } else {
                shakeHands(c, context);
            }
        });
    }

    private void shakeHands(Channel c, SslContext context) {
        SslHandler tls = Tls.handler(context, c.alloc(), pool.origin());
        // The connection's own timer limits it.
        tls.setHandshakeTimeoutMillis(0);
        c.pipeline().addFirst(tls);
        tls.handshakeFuture().addListener(f -> {
            if (over) {
                return;
            }
            if (f.isSuccess()) {
                opened(c, ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol()));
            } else {
                fail(Code.TLS, "the TLS handshake failed: " + Connection.rootMessage(f.cause()), f.cause());
            }
        });
    }

    private void opened(Channel c, boolean http2) {
        over = true;
        openedNanos = System.nanoTime();
        opener.opened(c, http2);
    }

    private void fail(Code code, String why, @Nullable Throwable cause) {
        abandon();
        opener.notOpened(code, why, cause);
    }
}
