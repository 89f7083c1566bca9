package io.vikhry.runtime.http;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.vikhry.api.HttpException;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.engine.PortUse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one client, or of several on one loop that share them, to one origin. All its state is touched on the
 * loop's own thread, so there is no lock; the connection that was used last is used first.
 */
final class Pool {
    private final Loop loop;
    private final Class<? extends SocketChannel> channelType;
    private final Origin origin;
    private final ClientSettings settings;
    // As a rule a pool has one connection; both lists run through the connections themselves.
    /** The one opened last. */
    private @Nullable Connection newest;
    /** The one used last of those that are idle. */
    private @Nullable Connection idle;

    private int size;
    private @Nullable Http2Line http2;
    private final Route route;
    private final PortUse ports;
    private final boolean bare;
    private final @Nullable String forbidden;
    private final int most;
    /** Null where there may be any number of connections. */
    private final @Nullable WaitingLine waiting;

    private boolean closed;

    Pool(ClientOwner owner, Origin origin, ClientSettings settings) {
        this.loop = owner.loop();
        Engine engine = owner.engine();
        this.channelType = engine.channelType();
        this.ports = engine.ports();
        this.origin = origin;
        this.settings = settings;
        this.most = settings.sharedConnections();
        this.waiting = most > 0 ? new WaitingLine(this) : null;
        this.route = new Route(origin, settings);
        this.bare = channelType == EpollSocketChannel.class && !origin.tls() && !route.tunnels();
        this.forbidden = forbidden(owner, origin, route);
        this.http2 = settings.http2() && forbidden == null ? new Http2Line(this) : null;
    }

    /** The host among those a request would reach that it may not; null if it may go. */
    static @Nullable String forbidden(ClientOwner owner, Origin origin, Route first) {
        return !owner.mayCall(origin.host(), origin.port())
                ? origin.host() + ":" + origin.port()
                : !owner.mayCall(first.host(), first.port()) ? first.host() + ":" + first.port() : null;
    }

    Loop loop() {
        return loop;
    }

    Class<? extends SocketChannel> channelType() {
        return channelType;
    }

    /** Whether its connections need no channel around their sockets. */
    boolean isBare() {
        return bare;
    }

    PortUse ports() {
        return ports;
    }

    Origin origin() {
        return origin;
    }

    Route route() {
        return route;
    }

    ClientSettings settings() {
        return settings;
    }

    /** Sends on an idle connection, or on a new one. */
    void carry(Exchange exchange) {
        WaitingLine before = waiting;
        if (before != null && exchange.client().isClosed()) {
            exchange.fail(HttpException.Code.CANCELLED, "the client was closed", null);
            return;
        }
        Http2Line line = http2;
        if (line != null && !closed) {
            line.carry(exchange);
            return;
        }
        if (before != null && !before.isEmpty() && !closed) {
            before.join(exchange);
            return;
        }
        Connection c = pollUsable();
        if (c != null && !exchange.mayGoAtOnce()) {
            push(c);
        } else if (c != null) {
            c.send(exchange);
        } else if (before != null && size >= most && !closed) {
            before.join(exchange);
        } else {
            open(exchange);
        }
    }

    /** There may be a connection for those who wait: in turn, since the one that is free may still be handing out its response. */
    private void callUp() {
        WaitingLine line = waiting;
        if (line != null && !line.isEmpty()) {
            loop.execute(() -> serve(line));
        }
    }

    private void serve(WaitingLine line) {
        while (!line.isEmpty() && !closed) {
            Connection c = pollUsable();
            if (c == null && size >= most) {
                return;
            }
            Exchange x = line.poll();
            if (x == null || !x.mayGo()) {
                if (c != null) {
                    push(c);
                }
            } else if (c == null) {
                open(x);
            } else {
                c.send(x);
            }
        }
    }

    /** Sends at once, or sends back, where that can be done from a VU that is mounted on the loop; whether it did. */
    boolean carryAtOnce(Exchange exchange) {
        Http2Line line = http2;
        if (line != null) {
            return !closed && waiting == null && line.carryAtOnce(exchange);
        }
        Connection c = waiting == null ? idle : null;
        if (c == null || !c.isDirect() || !c.isUsable()) {
            return false;
        }
        if (exchange.mayGoAtOnce()) {
            idle = c.below;
            c.below = null;
            c.send(exchange);
        }
        return true;
    }

    /** Sends on a connection of its own. */
    void open(Exchange exchange) {
        if (closed) {
            exchange.fail(HttpException.Code.CANCELLED, "the client was closed", null);
            return;
        }
        if (forbidden != null) {
            // Here, because such a pool never has a connection: so others do not pay for the check.
            exchange.fail(
                    HttpException.Code.NOT_ALLOWED,
                    "host " + forbidden + " is not among the allowed hosts (safety.allowed_hosts)",
                    null);
            return;
        }
        newConnection().open(exchange);
    }

    /** The server would rather speak HTTP/1.1: the open channel is for the first of {@code these}, and so on. */
    void withoutHttp2(Channel channel, List<Exchange> these) {
        http2 = null;
        if (these.isEmpty()) {
            channel.close();
            return;
        }
        newConnection().adopt(channel, these.getFirst());
        these.subList(1, these.size()).forEach(this::carry);
    }

    void giveBack(Connection connection) {
        push(connection);
        callUp();
    }

    void forget(Connection connection) {
        drop(connection);
        takeFromIdle(connection);
        callUp();
    }

    /** Cancels what is in flight, or waits, for one client of several. */
    void cancel(HttpClient client) {
        String why = "the client was closed";
        if (waiting != null) {
            waiting.cancel(x -> x.client() == client, why);
        }
        Http2Line line = http2;
        if (line != null) {
            line.cancel(client, why);
        }
        for (Connection connection : all()) {
            if (connection.isFor(client)) {
                connection.cancel(why);
            }
        }
    }

    /** Closes all connections; what is in flight on them is cancelled. */
    void close() {
        closed = true;
        Http2Line line = http2;
        if (line != null) {
            line.close("the client was closed");
        }
        if (waiting != null) {
            waiting.cancel(x -> true, "the client was closed");
        }
        for (Connection connection : all()) {
            connection.cancel("the client was closed");
        }
    }

    // ---- its lists

    private Connection newConnection() {
        Connection c = new Connection(this);
        c.before = newest;
        if (newest != null) {
            newest.after = c;
        }
        newest = c;
        size++;
        return c;
    }

    /** Once for each that was made. */
    private void drop(Connection c) {
        if (c.before != null) {
            c.before.after = c.after;
        }
        if (c.after != null) {
            c.after.before = c.before;
        } else {
            newest = c.before;
        }
        c.before = null;
        c.after = null;
        size--;
    }

    /** All there are now, the newest first. */
    private List<Connection> all() {
        List<Connection> these = new ArrayList<>(size);
        for (Connection c = newest; c != null; c = c.before) {
            these.add(c);
        }
        return these;
    }

    private void push(Connection c) {
        c.below = idle;
        idle = c;
    }

    private @Nullable Connection pollUsable() {
        Connection c = idle;
        while (c != null) {
            idle = c.below;
            c.below = null;
            if (c.isUsable()) {
                return c;
            }
            c = idle;
        }
        return null;
    }

    private void takeFromIdle(Connection gone) {
        Connection above = null;
        for (Connection c = idle; c != null; c = c.below) {
            if (c == gone) {
                if (above == null) {
                    idle = c.below;
                } else {
                    above.below = c.below;
                }
                c.below = null;
                return;
            }
            above = c;
        }
    }
}
