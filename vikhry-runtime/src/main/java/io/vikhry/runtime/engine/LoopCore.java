package io.vikhry.runtime.engine;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Netty event loop that also runs timers and virtual threads.
 *
 * <p>One round: wait for sockets and handle what came; Netty's own tasks; timers that are due; then what was queued. Virtual
 * threads are resumed only here, in the loop's outermost frame, where no monitor is held: resumed deeper, while the thread holds
 * a monitor, the JVM crashes. Therefore {@link #executeContinuation} and {@link #executeTask} only ever queue. A round resumes
 * at most what was queued when it began, so that users who yield to each other cannot keep the loop from its sockets.
 *
 * <p>The two local queues belong to the loop's thread and need no lock: a VU that runs on the loop runs on that thread. Everyone
 * else goes through the two shared queues and wakes the loop. A task follows at once after the VU that queued it: a request
 * leaves when its user has made it, not after all other users of the round.
 */
class LoopCore extends SingleThreadIoEventLoop {
    private static final Logger LOG = LoggerFactory.getLogger(LoopCore.class);
    private static final long NETTY_TASKS_NANOS = 1_000_000;
    private static final long LAST_CLOSES_NANOS = 200_000_000;

    private final ArrayDeque<Runnable> continuations = new ArrayDeque<>(1024);
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>(1024);
    private final Queue<Runnable> sharedContinuations = PlatformDependent.newMpscQueue();
    private final Queue<Runnable> sharedTasks = PlatformDependent.newMpscQueue();
    private final TimerWheel timers;
    private final LoopStats stats = new LoopStats();
    /** Channels that were registered here and are not closed. */
    private final AtomicInteger unclosed = new AtomicInteger();

    private @Nullable Loop loop;
    private volatile @Nullable LoopThread thread;
    private long ioNanos;
    /** When a loop that ends waits for no channel any more; 0 before. */
    private long lastNanos;

    /** The virtual thread being resumed, or null. Read by others without order: good enough to find one that stays. */
    @Nullable Runnable mounted;

    /** The virtual thread that was interrupted because it waits and cannot let go of this loop; set by the watchdog. */
    volatile @Nullable Thread pinned;

    LoopCore(IoEventLoopGroup parent, Executor executor, IoHandlerFactory transport, long timerTickNanos) {
        super(parent, executor, transport);
        timers = new TimerWheel(timerTickNanos, System.nanoTime());
    }

    /** Before the loop's thread starts. */
    void belongTo(Loop owner) {
        loop = owner;
    }

    /** Once its thread runs. */
    Loop owner() {
        return Objects.requireNonNull(loop);
    }

    TimerWheel timers() {
        return timers;
    }

    LoopStats stats() {
        return stats;
    }

    /** Whether the caller is this loop's thread or a virtual thread mounted on it. */
    boolean inLoop() {
        return VirtualThreads.carrier() == thread;
    }

    void checkInLoop() {
        if (!inLoop()) {
            throw new IllegalStateException("only on the loop: use Loop.execute");
        }
    }

    void executeTask(Runnable task) {
        if (inLoop()) {
            tasks.add(task);
        } else {
            if (isShuttingDown()) {
                throw new RejectedExecutionException("the engine is closed");
            }
            sharedTasks.add(task);
            wakeup(false);
        }
    }

    /** Never throws after the end: the caller may be the JDK's own thread, which all virtual threads of the process need. */
    void executeContinuation(Runnable continuation) {
        if (inLoop()) {
            continuations.add(continuation);
        } else {
            sharedContinuations.add(continuation);
            if (!isShuttingDown()) {
                wakeup(false);
            }
        }
    }

    @Override
    protected void run() {
        begin();
        do {
            round();
        } while (!hasEnded());
    }

    /** Makes the calling thread the loop's. */
    void begin() {
        LoopThread own = (LoopThread) Thread.currentThread();
        own.loop = loop;
        thread = own;
        TimerSlack.none();
        TimeSlice.shorten();
        ioHandler().initialize();
    }

    /** Waits for sockets, if it may, and does all that there is to do; whether there was anything. */
    final boolean round() {
        ioNanos = 0;
        boolean any = runIo() > 0;
        if (isShuttingDown()) {
            ioHandler().prepareToDestroy();
        }
        long now = System.nanoTime();
        long busySince = now - ioNanos;
        any |= runAllTasks(NETTY_TASKS_NANOS);
        boolean fired = timers.advance(now) > 0;
        if (fired) {
            stats.lag(timers.takeWorstLateNanos());
        }
        boolean ran = runQueued();
        any |= fired || ran;
        long busy = System.nanoTime() - busySince;
        if (any) {
            stats.round(busy);
        } else {
            // A look in vain, of which NIO takes many while a deadline is near, kept nobody waiting.
            stats.idleRound(busy);
        }
        return any;
    }

    /** A loop that ends gives channels a moment whose close is under way: of io_uring's each is told of later. */
    final boolean hasEnded() {
        if (!confirmShutdown()) {
            return canSuspend();
        }
        long now = System.nanoTime();
        lastNanos = lastNanos == 0 ? now + LAST_CLOSES_NANOS : lastNanos;
        return hasNoChannels() || now - lastNanos > 0;
    }

    /** Netty's own count (4.2.18) never lets go of a channel of io_uring; ours not of one whose socket was taken out of it. */
    private boolean hasNoChannels() {
        return getNumOfRegisteredChannels() == 0 || unclosed.get() == 0;
    }

    @Override
    public ChannelFuture register(ChannelPromise promise) {
        unclosed.incrementAndGet();
        promise.channel().closeFuture().addListener(closed -> unclosed.decrementAndGet());
        return super.register(promise);
    }

    /** Whether there was anything. */
    private boolean runQueued() {
        Runnable shared;
        for (int n = sharedTasks.size(); n > 0 && (shared = sharedTasks.poll()) != null; n--) {
            tasks.add(shared);
        }
        for (int n = sharedContinuations.size(); n > 0 && (shared = sharedContinuations.poll()) != null; n--) {
            continuations.add(shared);
        }
        boolean any = !tasks.isEmpty() || !continuations.isEmpty();
        runTasks();
        for (int n = continuations.size(); n > 0; n--) {
            resume(continuations.poll());
            runTasks();
        }
        return any;
    }

    private void runTasks() {
        for (int n = tasks.size(); n > 0; n--) {
            Runnable task = tasks.poll();
            try {
                task.run();
            } catch (Throwable e) {
                LOG.error("A task of {} failed", loop, e);
            }
        }
    }

    private void resume(Runnable continuation) {
        mounted = continuation;
        stats.continuations++;
        try {
            continuation.run();
        } catch (Throwable e) {
            LOG.error("A virtual thread of {} could not be resumed", loop, e);
        } finally {
            mounted = null;
        }
    }

    // From here on: how Netty's transports ask how long they may wait.

    @Override
    protected boolean hasTasks() {
        return lastNanos != 0
                || !continuations.isEmpty()
                || !tasks.isEmpty()
                || super.hasTasks()
                || !sharedContinuations.isEmpty()
                || !sharedTasks.isEmpty();
    }

    @Override
    protected long deadlineNanos() {
        long netty = super.deadlineNanos();
        long next = timers.nextNanos();
        if (next == Long.MAX_VALUE) {
            return netty;
        }
        // Not below 0, which the transports take for "no deadline".
        long own = Math.max(0, next - ticker().initialNanoTime());
        return netty == -1 ? own : Math.min(netty, own);
    }

    @Override
    protected long delayNanos(long currentTimeNanos) {
        long netty = super.delayNanos(currentTimeNanos);
        long next = timers.nextNanos();
        return next == Long.MAX_VALUE ? netty : Math.clamp(next - currentTimeNanos, 0, netty);
    }

    /** True, so that the transports report the time they were busy; nobody suspends a loop. */
    @Override
    protected boolean isSuspensionSupported() {
        return true;
    }

    @Override
    protected void reportActiveIoTime(long nanos) {
        ioNanos = nanos;
    }
}
