package io.vikhry.runtime.engine;

import java.util.concurrent.CancellationException;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The end of a virtual thread's timed wait: what the JDK asks its scheduler for when a VU sleeps. */
final class Wakeup extends TimerNode implements ScheduledFuture<@Nullable Object> {
    private final LoopCore core;
    private final Runnable action;
    private volatile boolean cancelled;
    private volatile boolean done;

    Wakeup(LoopCore core, Runnable action) {
        this.core = core;
        this.action = action;
    }

    @Override
    void fire() {
        done = true;
        action.run();
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (done || cancelled) {
            return false;
        }
        cancelled = true;
        if (core.inLoop()) {
            core.timers().remove(this);
        } else {
            core.executeTask(() -> core.timers().remove(this));
        }
        return true;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public boolean isDone() {
        return done || cancelled;
    }

    @Override
    public @Nullable Object get() {
        if (cancelled) {
            throw new CancellationException();
        }
        throw new UnsupportedOperationException("nobody waits for a wake-up");
    }

    @Override
    public @Nullable Object get(long timeout, TimeUnit unit) {
        return get();
    }

    @Override
    public long getDelay(TimeUnit unit) {
        return unit.convert(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
        return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
}
