package io.vikhry.runtime.engine;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.util.List;

/** The loops of one JVM, started together and closed together. */
public final class Engine implements AutoCloseable {
    private Engine() {}

    public static Engine start() {
        return start(EngineOptions.defaults());
    }

    /** Starts the loops. Takes some ms; fails by {@link IllegalStateException} where an option asked for cannot be had. */
    public static Engine start(EngineOptions options) {
        throw new UnsupportedOperationException();
    }

    public List<Loop> loops() {
        throw new UnsupportedOperationException();
    }

    /** The next loop in turn: spreads users evenly. Any thread may call. */
    public Loop nextLoop() {
        throw new UnsupportedOperationException();
    }

    /** How users run, for people: {@code "epoll, users on 2 loops"} or {@code "nio, fallback scheduler: <why>"}. */
    public String describe() {
        throw new UnsupportedOperationException();
    }

    /** Whether users run on the JDK's own scheduler instead of on the loops. */
    public boolean fallback() {
        throw new UnsupportedOperationException();
    }

    /** The channel class that fits the loops' transport, for {@code Bootstrap.channel}. */
    public Class<? extends SocketChannel> channelType() {
        throw new UnsupportedOperationException();
    }

    /** The loops as Netty's group. For one connection of a user take {@link Loop#netty()}. */
    public EventLoopGroup netty() {
        throw new UnsupportedOperationException();
    }

    /** The generator's health since the last call (or the start); for one caller, once a second. */
    public Health health() {
        throw new UnsupportedOperationException();
    }

    /** Ends the loops and their connections, within 5 s. Users that still wait on a loop never go on. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
