package io.vikhry.runtime.engine;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import io.vikhry.runtime.engine.EngineOptions.Scheduler;
import io.vikhry.runtime.metrics.SeriesLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The loops of one JVM, started together and closed together. */
public final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final long CLOSE_MILLIS = 5_000;

    private final EventLoopGroup group;
    private final List<Loop> loops;
    private final Socketry socketry;
    private final Optional<String> fallback;
    private final AtomicInteger turn = new AtomicInteger();
    private final Watchdog watchdog;
    private final Vitals vitals;
    private final PortUse ports = new PortUse();

    private Engine(EventLoopGroup group, List<Loop> loops, Socketry socketry, Optional<String> fallback) {
        this.group = group;
        this.loops = loops;
        this.socketry = socketry;
        this.fallback = fallback;
        this.watchdog = new Watchdog(loops);
        this.vitals = new Vitals(loops, watchdog, ports);
    }

    /** Starts with {@link EngineOptions#defaults}. */
    public static Engine start() {
        return start(EngineOptions.defaults());
    }

    /** Starts the loops. Takes some ms; fails by {@link IllegalStateException} where an option asked for cannot be had. */
    public static Engine start(EngineOptions options) {
        Socketry socketry = Socketry.of(options.transport());
        VirtualThreads.startSocketPoller();
        if (options.scheduler() == Scheduler.FALLBACK) {
            return startLoops(options, socketry, Optional.of("as asked for"));
        }
        String refusal = VirtualThreads.refusal();
        if (refusal.isEmpty()) {
            Engine engine = startLoops(options, socketry, Optional.empty());
            refusal = SchedulerTrial.run(engine.loops.getFirst());
            if (refusal.isEmpty()) {
                return engine;
            }
            engine.close();
        }
        if (options.scheduler() == Scheduler.LOOP) {
            throw new IllegalStateException("users cannot run on the loops: " + refusal);
        }
        LOG.warn("Users run on the JDK's scheduler, at a higher cost for each request: {}", refusal);
        return startLoops(options, socketry, Optional.of(refusal));
    }

    private static Engine startLoops(EngineOptions options, Socketry socketry, Optional<String> fallback) {
        AtomicInteger number = new AtomicInteger();
        Executor threads =
                new ThreadPerTaskExecutor(body -> new LoopThread(body, "vikhry-loop-" + number.getAndIncrement()));
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(options.loops(), threads, socketry.handlers()) {
            @Override
            protected IoEventLoop newChild(Executor executor, IoHandlerFactory transport, Object... args) {
                return fallback.isPresent() && socketry.isForAnyThread()
                        ? new LentLoop(this, executor, transport, options.timerTickNanos())
                        : new LoopCore(this, executor, transport, options.timerTickNanos());
            }
        };
        SeriesLimit limit = new SeriesLimit(SeriesLimit.DEFAULT);
        List<Loop> loops = new ArrayList<>();
        try (Bystanders bystanders = new Bystanders()) {
            for (EventExecutor child : group) {
                if (!loops.isEmpty()) {
                    bystanders.comeBetween();
                }
                LoopCore core = (LoopCore) child;
                Loop loop = new Loop(loops.size(), core, fallback.isPresent(), limit);
                core.belongTo(loop);
                core.submit(() -> {}).syncUninterruptibly();
                loops.add(loop);
            }
        }
        return new Engine(group, List.copyOf(loops), socketry, fallback);
    }

    public List<Loop> loops() {
        return loops;
    }

    /** The next loop in turn: spreads users evenly. Any thread may call. */
    public Loop nextLoop() {
        return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
    }

    /** How users run, for people: {@code "epoll, users on 2 loops"} or {@code "nio, fallback scheduler: <why>"}. */
    public String describe() {
        String count = loops.size() == 1 ? "1 loop" : loops.size() + " loops";
        return socketry.name()
                + fallback.map(why -> ", " + count + ", fallback scheduler: " + why)
                        .orElse(", users on " + count);
    }

    /** Whether users run on the JDK's own scheduler instead of on the loops. */
    public boolean fallback() {
        return fallback.isPresent();
    }

    /** The channel class that fits the loops' transport, for {@code Bootstrap.channel}. */
    public Class<? extends SocketChannel> channelType() {
        return socketry.channelType();
    }

    /** The loops as Netty's group. For one connection of a user take {@link Loop#netty()}. */
    public EventLoopGroup netty() {
        return group;
    }

    /** The ports that connections of its users hold. */
    public PortUse ports() {
        return ports;
    }

    /** The generator's health since the last call (or the start); for one caller, once a second. Not on a loop: it asks them. */
    public Health health() {
        return vitals.take();
    }

    /**
     * Tells {@code listener} of each virtual thread that holds its loop, within 200 ms, once for each hold, on a thread that
     * must not be kept; until what is returned is run. With the fallback scheduler there is nothing to tell.
     */
    public Runnable onStall(Consumer<Stall> listener) {
        return watchdog.listen(listener);
    }

    /** Ends the loops and their connections, within 5 s. Users that still wait on a loop never go on. */
    @Override
    public void close() {
        watchdog.close();
        group.shutdownGracefully(0, CLOSE_MILLIS / 2, TimeUnit.MILLISECONDS);
        if (!group.terminationFuture().awaitUninterruptibly(CLOSE_MILLIS)) {
            LOG.warn(
                    "A loop does not end: {}",
                    loops.stream()
                            .map(loop -> loop.mounted()
                                    .map(vu -> vu.getName() + " runs on " + loop)
                                    .orElse(loop.core().isTerminated() ? "" : loop + " is busy"))
                            .filter(line -> !line.isEmpty())
                            .toList());
        }
    }
}
