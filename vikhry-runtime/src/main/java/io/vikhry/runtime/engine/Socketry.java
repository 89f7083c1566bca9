package io.vikhry.runtime.engine;

import io.netty.channel.DefaultSelectStrategyFactory;
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
    /** Of Netty's io_uring: whether one order to poll a socket stands until it is cancelled. */
    private static final String STANDING_POLLS = "io.netty.iouring.pollAddMultishotEnabled";

    /**
     * Sockets that an epoll loop hears of in one round. Each is touched when its answer comes, and again when the user goes on and
     * sends: of so many the kernel's part and ours are still in the CPU's cache by then, of thousands they are not.
     */
    private static final int EVENTS = 64;

    static {
        // A reset that comes while a receipt is under way is told of once by a standing poll, and Netty (4.2.18) takes
        // the end
        // of that receipt, after which the kernel says that nothing is left, for the end of all: nobody would hear of
        // the reset.
        // A new poll for each receipt tells of it again. Read once by Netty, when io_uring is asked for first.
        if (System.getProperty(STANDING_POLLS) == null) {
            System.setProperty(STANDING_POLLS, "false");
        }
    }

    static boolean isAvailable(EngineOptions.Transport transport) {
        return switch (transport) {
            case AUTO, NIO -> true;
            case EPOLL -> Epoll.isAvailable();
            case IO_URING -> IoUring.isAvailable();
        };
    }

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

    /** Whether a loop's sockets may be in the hands of one thread after another: a ring of io_uring knows one only. */
    boolean isForAnyThread() {
        return channelType != IoUringSocketChannel.class;
    }

    private static Socketry epoll() {
        return new Socketry(
                "epoll",
                EpollIoHandler.newFactory(EVENTS, DefaultSelectStrategyFactory.INSTANCE),
                EpollSocketChannel.class);
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
