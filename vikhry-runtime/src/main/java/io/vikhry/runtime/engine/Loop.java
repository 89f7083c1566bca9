package io.vikhry.runtime.engine;

import io.netty.channel.EventLoop;
import io.vikhry.runtime.metrics.Recorder;
import io.vikhry.runtime.metrics.SeriesLimit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One thread that waits for sockets, runs timers, and carries the virtual threads of its users.
 *
 * <p>What belongs to a loop (connections, timers, recorder) is touched only on it: by tasks given to {@link #execute}, which run
 * on the loop's own thread and never inside a virtual thread, or by a VU mounted on it. Netty is called from tasks only: inside
 * a VU the current thread is the virtual thread, which Netty does not know.
 *
 * <p>A VU that waits for its loop while it is pinned (in a static initialiser, or below native code) holds the thread that should
 * answer it: both stand still until the watchdog interrupts the VU. {@link #mounted} names it.
 *
 * <p>With the fallback scheduler users run elsewhere: {@link #inLoop} is false in them, and everything goes through
 * {@link #execute}. The loop's own thread is then the platform or the virtual one that has the loop at the time
 * ({@link LentLoop}), and Netty knows it.
 */
public final class Loop implements Executor, Recorder.Home {
    /** With the fallback scheduler: the loop of the current VU and of the threads it started. */
    private static final InheritableThreadLocal<Loop> OF_VU = new InheritableThreadLocal<>();

    private final int index;
    private final LoopCore core;
    private final @Nullable LoopScheduler scheduler;
    private final Recorder recorder;
    private final Map<Class<?>, Object> companions = new ConcurrentHashMap<>(2);

    Loop(int index, LoopCore core, boolean fallback, SeriesLimit limit) {
        this.index = index;
        this.core = core;
        this.scheduler = fallback ? null : new LoopScheduler(core);
        this.recorder = new Recorder(this, limit);
    }

    /** The loop this code runs on: of the loop's thread, of the VU mounted on it, or (fallback) of the VU. */
    public static @Nullable Loop current() {
        if (VirtualThreads.carrier() instanceof LoopThread thread) {
            return thread.loop;
        }
        return Thread.currentThread().isVirtual() ? OF_VU.get() : null;
    }

    /** 0 and up. */
    public int index() {
        return index;
    }

    /**
     * Runs {@code task} soon on the loop's own thread, in the order given. From the loop and its VUs this is a plain queue
     * insertion; from elsewhere it wakes the loop. Allocates nothing if {@code task} exists already. The task must not block.
     *
     * @throws java.util.concurrent.RejectedExecutionException from elsewhere, when the engine is closed
     */
    @Override
    public void execute(Runnable task) {
        core.executeTask(task);
    }

    /** Whether the caller is the loop's thread or a VU mounted on it, so that it may touch what belongs to the loop. */
    @Override
    public boolean inLoop() {
        return core.inLoop();
    }

    /** A virtual thread of this loop, not started. Virtual threads that it starts in turn are of this loop too. */
    public Thread newThread(String name, Runnable body) {
        if (core.isShuttingDown()) {
            throw new IllegalStateException("the engine is closed");
        }
        if (scheduler != null) {
            return VirtualThreads.on(scheduler).name(name).unstarted(body);
        }
        return Thread.ofVirtual().name(name).unstarted(() -> {
            OF_VU.set(this);
            body.run();
        });
    }

    /** Starts a virtual thread of this loop. */
    public Thread start(String name, Runnable body) {
        Thread thread = newThread(name, body);
        thread.start();
        return thread;
    }

    /** A timer whose {@code action} runs on the loop's own thread; not armed. Any thread may call. */
    public Timer timer(Runnable action) {
        return new Timer(core, action);
    }

    /** Runs {@code action} once on the loop's own thread after {@code delayNanos}. On the loop only, see {@link #inLoop}. */
    public Timer after(long delayNanos, Runnable action) {
        Timer timer = timer(action);
        timer.arm(delayNanos);
        return timer;
    }

    /** Netty's view of this loop, for bootstraps and channels. */
    public EventLoop netty() {
        return core;
    }

    /** What another package keeps for this loop, and no longer than it: made when it is first asked for. Any thread may call. */
    public <T> T companion(Class<T> type, Supplier<T> make) {
        return type.cast(companions.computeIfAbsent(type, t -> make.get()));
    }

    /** What is measured on this loop. */
    public Recorder recorder() {
        return recorder;
    }

    /** Virtual threads resumed on this loop so far. Any thread may call; the number may be a little old. */
    public long continuations() {
        return core.stats().continuations;
    }

    /**
     * The virtual thread that runs on this loop now. If it and {@link #continuations} stay the same over some time, it hogs the
     * loop. Any thread may call.
     */
    public Optional<Thread> mounted() {
        Runnable continuation = core.mounted;
        return continuation == null ? Optional.empty() : VirtualThreads.threadOf(continuation);
    }

    /** Whether {@code thread} waits and cannot let go of this loop, so that what it waits for here will never come. */
    public boolean isPinnedBy(Thread thread) {
        return core.pinned == thread;
    }

    LoopCore core() {
        return core;
    }

    @Override
    public String toString() {
        return "loop " + index;
    }
}
