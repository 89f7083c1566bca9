package io.vikhry.runtime.engine;

import io.netty.channel.EventLoop;
import io.vikhry.runtime.metrics.Recorder;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One thread that waits for sockets, runs timers, and carries the virtual threads of its users.
 *
 * <p>What belongs to a loop (connections, timers, recorder) is touched only on it: by tasks given to {@link #execute}, which run
 * on the loop's own thread and never inside a virtual thread, or by a VU mounted on it. Netty is called from tasks only: inside
 * a VU the current thread is the virtual thread, which Netty does not know.
 */
public final class Loop implements Executor, Recorder.Home {
    Loop() {}

    /** The loop this code runs on: of the loop's thread, of the VU mounted on it, or (fallback) of the VU. */
    public static @Nullable Loop current() {
        throw new UnsupportedOperationException();
    }

    /** 0 and up. */
    public int index() {
        throw new UnsupportedOperationException();
    }

    /**
     * Runs {@code task} soon on the loop's own thread, in the order given. From the loop and its VUs this is a plain queue
     * insertion; from elsewhere it wakes the loop. Allocates nothing if {@code task} exists already. The task must not block.
     */
    @Override
    public void execute(Runnable task) {
        throw new UnsupportedOperationException();
    }

    /** Whether the caller is the loop's thread or a VU mounted on it, so that it may touch what belongs to the loop. */
    @Override
    public boolean inLoop() {
        throw new UnsupportedOperationException();
    }

    /** A virtual thread of this loop, not started. */
    public Thread newThread(String name, Runnable body) {
        throw new UnsupportedOperationException();
    }

    /** Starts a virtual thread of this loop. */
    public Thread start(String name, Runnable body) {
        Thread thread = newThread(name, body);
        thread.start();
        return thread;
    }

    /** A timer whose {@code action} runs on the loop's own thread; not armed. Any thread may call. */
    public Timer timer(Runnable action) {
        throw new UnsupportedOperationException();
    }

    /** Runs {@code action} once on the loop's own thread after {@code delayNanos}. On the loop only, see {@link #inLoop}. */
    public Timer after(long delayNanos, Runnable action) {
        Timer timer = timer(action);
        timer.arm(delayNanos);
        return timer;
    }

    /** Netty's view of this loop, for bootstraps and channels. */
    public EventLoop netty() {
        throw new UnsupportedOperationException();
    }

    /** What is measured on this loop. */
    public Recorder recorder() {
        throw new UnsupportedOperationException();
    }
}
