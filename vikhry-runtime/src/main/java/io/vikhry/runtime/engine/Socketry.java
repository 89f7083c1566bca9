package io.vikhry.runtime.engine;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringSocketChannel;

/** One of Netty's transports: how loops wait for sockets and which channels fit. */
record Socketry(String name, IoHandlerFactory handlers, Class<? extends SocketChannel> channelType) {

    static Socketry of(EngineOptions.Transport wanted) {
        return switch (wanted) {
            case AUTO -> Epoll.isAvailable() ? epoll() : nio();
            case NIO -> nio();
            case EPOLL -> {
                require("epoll", Epoll.isAvailable(), Epoll::unavailabilityCause);
                yield epoll();
            }
            case IO_URING -> {
                require("io_uring", IoUring.isAvailable(), IoUring::unavailabilityCause);
                yield new Socketry("io_uring", IoUringIoHandler.newFactory(), IoUringSocketChannel.class);
            }
        };
    }

    private static Socketry epoll() {
        return new Socketry("epoll", EpollIoHandler.newFactory(), EpollSocketChannel.class);
    }

    private static Socketry nio() {
        return new Socketry("nio", NioIoHandler.newFactory(), NioSocketChannel.class);
    }

    private static void require(String name, boolean available, java.util.function.Supplier<Throwable> why) {
        if (!available) {
            throw new IllegalStateException(
                    "the transport " + name + " is not available here, use auto: " + why.get(), why.get());
        }
    }
}
