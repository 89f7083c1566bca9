package io.vikhry.runtime.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.vikhry.api.HttpException.Code;
import io.vikhry.runtime.engine.Timer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The making of one connection: look the name up, connect, ask the proxy for a tunnel, shake hands. It ends by one call of
 * {@link Opener#opened} or {@link Opener#notOpened}, or silently when it is abandoned. Only the loop's own thread
 * touches it; what it waits for elsewhere comes back as a task of the loop.
 *
 * <p>Where a name has several addresses, those of IPv6 and IPv4 take turns, and each is given a head start of {@value
 * #HEAD_START_MILLIS} ms before the next is tried beside it (RFC 8305): the first to connect is taken. An address that fails
 * at once makes room for the next at once.
 */
final class Dial {
    private static final long HEAD_START_MILLIS = 250;

    /** Who asked for the connection. */
    interface Opener {
        /** It is open, with nothing of ours in its pipeline, and the server speaks HTTP/2 on it or HTTP/1.1. */
        void opened(Channel channel, boolean http2);

        /** It is open, without a channel; only where {@link Pool#isBare}. */
        void opened(BareSocket socket);

        /** There will be none. */
        void notOpened(Code code, String why, @Nullable Throwable cause);
    }

    private final Pool pool;
    private final Route route;
    private final Opener opener;
    private final List<Channel> attempts = new ArrayList<>(1);
    private List<InetAddress> addresses = List.of();
    private int next;
    private @Nullable Timer headStart;
    private String phase = "looking up the name";
    private boolean over;

    /** When each of its parts was over; 0 before. */
    final long startedNanos = System.nanoTime();

    long resolvedNanos;
    long connectedNanos;
    long openedNanos;

    Dial(Pool pool, Opener opener) {
        this.pool = pool;
        this.route = pool.route();
        this.opener = opener;
    }

    /** What it is doing, for people. */
    String phase() {
        return phase;
    }

    void start() {
        then(route.addresses(), (found, failure) -> {
            if (found != null) {
                resolvedNanos = System.nanoTime();
                phase = "connecting";
                addresses = route.order(found);
                connect();
            } else {
                String why = failure == null || failure.getMessage() == null ? "" : " (" + failure.getMessage() + ")";
                fail(Code.DNS, "the name " + route.host() + " does not resolve" + why, failure);
            }
        });
    }

    /** Nobody waits for it any more. */
    void abandon() {
        over = true;
        leaveOthers(null);
    }

    /** What follows a step taken apart from the loop. */
    @FunctionalInterface
    private interface Next<T> {
        void go(@Nullable T result, @Nullable Throwable failure);
    }

    private <T> void then(CompletableFuture<T> step, Next<T> what) {
        if (step.isDone()) {
            Throwable failure = step.isCompletedExceptionally() ? step.exceptionNow() : null;
            what.go(failure == null ? step.resultNow() : null, failure);
            return;
        }
        step.whenComplete((result, failure) -> pool.loop().execute(() -> {
            if (!over) {
                what.go(result, failure == null ? null : Resolver.cause(failure));
            }
        }));
    }

    // ---- connecting

    private void connect() {
        InetSocketAddress to = new InetSocketAddress(addresses.get(next++), route.port());
        Bootstrap bootstrap = new Bootstrap()
                .group(pool.loop().netty())
                .channel(pool.channelType())
                .disableResolver()
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .option(ChannelOption.AUTO_CLOSE, false)
                .handler(Quiet.SHARED);
        if (!pool.origin().tls()) {
            bootstrap.option(ChannelOption.RECVBUF_ALLOCATOR, LoopBuffers.Receiving.SHARED);
        }
        if (pool.isBare()) {
            bootstrap.option(ChannelOption.AUTO_READ, false);
        }
        InetAddress from = route.localAddress(to.getAddress());
        if (from != null) {
            bootstrap.localAddress(from, 0);
            if (pool.channelType() == EpollSocketChannel.class) {
                // The port is chosen when it connects, so that one port serves several targets.
                bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
            }
        }
        ChannelFuture connecting = bootstrap.connect(to);
        Channel c = connecting.channel();
        attempts.add(c);
        if (next < addresses.size() && !connecting.isDone()) {
            Timer timer = headStart;
            if (timer == null) {
                timer = pool.loop().timer(this::connectBeside);
                headStart = timer;
            }
            timer.arm(TimeUnit.MILLISECONDS.toNanos(HEAD_START_MILLIS));
        }
        connecting.addListener(f -> {
            if (over) {
                c.close();
            } else if (f.isSuccess()) {
                over = true;
                leaveOthers(c);
                over = false;
                AtomicInteger port = pool.ports().hold(from, to);
                c.closeFuture().addListener(closed -> port.decrementAndGet());
                connected(c, port);
            } else {
                attempts.remove(c);
                if (next < addresses.size()) {
                    connect();
                } else if (attempts.isEmpty()) {
                    notConnected(to, from, f.cause());
                }
            }
        });
    }

    private void connectBeside() {
        if (!over && next < addresses.size()) {
            connect();
        }
    }

    /** Closes all attempts but {@code winner}. */
    private void leaveOthers(@Nullable Channel winner) {
        Timer timer = headStart;
        if (timer != null) {
            timer.cancel();
            headStart = null;
        }
        for (Channel each : List.copyOf(attempts)) {
            if (each != winner) {
                attempts.remove(each);
                each.close();
            }
        }
    }

    private void notConnected(InetSocketAddress to, @Nullable InetAddress from, @Nullable Throwable cause) {
        String message = cause == null || cause.getMessage() == null ? "" : cause.getMessage();
        // The transports give no other sign of which error it was; the text is not translated.
        if (cause instanceof ConnectException && message.contains("refused")) {
            fail(Code.CONNECT_REFUSED, "nobody listens on " + route.name(), cause);
        } else {
            // All ports to one server are used up: what a machine with one address comes to at some 28,000 connections.
            boolean noPort = from == null && message.contains("Cannot assign requested address");
            fail(
                    Code.CONNECT_FAILED,
                    "no connection" + (from == null ? "" : " from " + from.getHostAddress()) + " to " + to + ": "
                            + message + (noPort ? " (no local port is free: see localAddresses)" : ""),
                    cause);
        }
    }

    // ---- after that

    private void connected(Channel c, AtomicInteger port) {
        if (!route.tunnels()) {
            reached(c, port);
            return;
        }
        phase = "waiting for the proxy's tunnel";
        route.tunnel(c, complaint -> {
            if (over) {
                return;
            }
            if (complaint == null) {
                reached(c, port);
            } else {
                fail(Code.PROXY, complaint, null);
            }
        });
    }

    private void reached(Channel c, AtomicInteger port) {
        connectedNanos = System.nanoTime();
        if (pool.isBare()) {
            strip(c, port);
            return;
        }
        if (!pool.origin().tls()) {
            opened(c, pool.settings().http2());
            return;
        }
        phase = "in the TLS handshake";
        then(pool.settings().tls().get(), (context, failure) -> {
            if (context == null) {
                fail(Code.TLS, "TLS is not to be had: " + RootCause.message(failure), failure);
            } else if (!c.isActive()) {
                // The handler would wait for it to be opened.
                fail(Code.TLS, "the peer closed the connection before the TLS handshake", null);
            } else {
                shakeHands(c, context);
            }
        });
    }

    /** Takes the socket out of its channel, which has connected it and is not needed any more. */
    private void strip(Channel c, AtomicInteger port) {
        c.deregister().addListener(f -> {
            if (over) {
                return;
            }
            try {
                BareSocket socket = BareSocket.of(c, pool.loop());
                socket.holds(port);
                over = true;
                openedNanos = System.nanoTime();
                opener.opened(socket);
            } catch (IOException e) {
                fail(Code.RESET, "the peer closed the connection before it was used: " + e.getMessage(), e);
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
                fail(Code.TLS, "the TLS handshake failed: " + Tls.complaint(f.cause()), f.cause());
            }
        });
    }

    private void opened(Channel c, boolean http2) {
        over = true;
        openedNanos = System.nanoTime();
        if (c.pipeline().context(Quiet.SHARED) != null) {
            c.pipeline().remove(Quiet.SHARED);
        }
        opener.opened(c, http2);
    }

    private void fail(Code code, String why, @Nullable Throwable cause) {
        abandon();
        opener.notOpened(code, why, cause);
    }

    /** Stands in the pipeline until the opener's handler does: what breaks meanwhile, the dial learns by its futures. */
    @ChannelHandler.Sharable
    private static final class Quiet extends ChannelInboundHandlerAdapter {
        static final Quiet SHARED = new Quiet();

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
