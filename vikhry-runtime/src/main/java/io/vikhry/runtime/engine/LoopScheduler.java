package io.vikhry.runtime.engine;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A loop as the JDK sees it: the scheduler of virtual threads. It is a {@link ForkJoinPool} in type only, none of whose workers
 * ever starts: for a scheduler of that type the JDK asks {@link #schedule} to end a sleep, on the loop itself, instead of waking
 * it from a thread of its own.
 */
final class LoopScheduler extends ForkJoinPool {
    private final LoopCore core;

    LoopScheduler(LoopCore core) {
        super(
                1,
                pool -> {
                    throw new IllegalStateException("a loop has no workers");
                },
                null,
                true);
        this.core = core;
    }

    /** Only queues: the caller may be a virtual thread, or hold a monitor, and to mount another one there crashes the JVM. */
    @Override
    public void execute(Runnable continuation) {
        core.executeContinuation(continuation);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        Wakeup wakeup = new Wakeup(core, command);
        long delayNanos = unit.toNanos(delay);
        if (core.inLoop()) {
            core.timers().arm(wakeup, delayNanos);
        } else {
            long start = System.nanoTime();
            core.executeTask(() -> {
                if (!wakeup.isCancelled()) {
                    core.timers().arm(wakeup, delayNanos - (System.nanoTime() - start));
                }
            });
        }
        return wakeup;
    }
}
