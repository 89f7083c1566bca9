package io.vikhry.runtime.http;

import io.netty.channel.socket.SocketChannel;
import io.vikhry.api.HttpException;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The connections of one client to one origin. All its state is touched on the loop's own thread, so there is no lock; the
 * connection that was used last is used first.
 */
final class Pool {
    private final ClientOwner owner;
    private final Loop loop;
    private final Class<? extends SocketChannel> channelType;
    private final Origin origin;
    private final ClientSettings settings;
    private final ArrayDeque<Connection> idle = new ArrayDeque<>(2);
    private final Set<Connection> all = new LinkedHashSet<>(2);
    private boolean closed;

    Pool(ClientOwner owner, Origin origin, ClientSettings settings) {
        this.owner = owner;
        this.loop = owner.loop();
        Engine engine = owner.engine();
        this.channelType = engine.channelType();
        this.origin = origin;
        this.settings = settings;
    }

    Loop loop() {
        return loop;
    }

    /** Whether the calling user's interrupt means that its step's time is over. */
    boolean isTimeUp() {
        return owner.isTimeUp();
    }

    Class<? extends SocketChannel> channelType() {
        return channelType;
    }

    Origin origin() {
        return origin;
    }

    ClientSettings settings() {
        return settings;
    }

    /** Sends on an idle connection, or on a new one. */
    void carry(Exchange exchange) {
        for (Connection c = idle.pollLast(); c != null; c = idle.pollLast()) {
            if (c.isUsable()) {
                c.send(exchange);
                return;
            }
        }
        open(exchange);
    }

    /** Sends on a connection of its own. */
    void open(Exchange exchange) {
        if (closed) {
            exchange.fail(HttpException.Code.CANCELLED, "the client was closed", null);
            return;
        }
        Connection connection = new Connection(this);
        all.add(connection);
        connection.open(exchange);
    }

    void giveBack(Connection connection) {
        idle.addLast(connection);
    }

    void forget(Connection connection) {
        all.remove(connection);
        idle.remove(connection);
    }

    /** Closes all connections; what is in flight on them is cancelled. */
    void close() {
        closed = true;
        List<Connection> these = new ArrayList<>(all);
        for (Connection connection : these) {
            connection.cancel("the client was closed");
        }
    }
}
