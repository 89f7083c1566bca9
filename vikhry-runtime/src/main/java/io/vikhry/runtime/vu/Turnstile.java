package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.engine.Timer;
import io.vikhry.runtime.http.Gate;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The gate of one loop in a run with a limit of requests per second: lets requests pass as the {@link Throttle} allows, in the
 * order in which they came, and never while the fence is shut.
 *
 * <p>The line of those who wait belongs to the loop, as does the timer that calls them up; a user that runs elsewhere (fallback
 * scheduler) joins by {@link Loop#execute}. {@link #length} may be read by any thread: who sees it at 0 may try at once.
 */
final class Turnstile implements Gate {
    private static final long SHUT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Loop loop;
    private final Fence fence;
    private final Throttle throttle;
    private final Timer timer;
    private final ArrayDeque<Ticket> line = new ArrayDeque<>();
    private volatile int length;

    Turnstile(Loop loop, Fence fence, Throttle throttle) {
        this.loop = loop;
        this.fence = fence;
        this.throttle = throttle;
        this.timer = loop.timer(this::callUp);
    }

    private static final class Ticket {
        final Thread thread = Thread.currentThread();
        volatile boolean called;
    }

    @Override
    public long pass() {
        fence.pass();
        long came = System.nanoTime();
        if (length == 0 && throttle.take(came) == 0) {
            return 0;
        }
        await();
        while (!fence.isOpen()) {
            // Its turn is over: what it may send now is sent too late.
            fence.pass();
            await();
        }
        long held = System.nanoTime() - came;
        throttle.held(held);
        return held;
    }

    @Override
    public boolean isOpen() {
        return fence.isOpen();
    }

    private void await() {
        Ticket ticket = new Ticket();
        onLoop(() -> join(ticket));
        while (!ticket.called) {
            if (Thread.currentThread().isInterrupted()) {
                onLoop(() -> leave(ticket));
                throw new CancelledException("interrupted while the run's limit of requests per second held it back");
            }
            LockSupport.park(this);
        }
    }

    private void join(Ticket ticket) {
        line.add(ticket);
        length = line.size();
        if (length == 1) {
            callUp();
        }
    }

    private void leave(Ticket ticket) {
        line.remove(ticket);
        length = line.size();
    }

    /** On the loop. */
    private void callUp() {
        long now = System.nanoTime();
        long wait = 0;
        while (wait == 0 && !line.isEmpty()) {
            wait = fence.isOpen() ? throttle.take(now) : SHUT_NANOS;
            if (wait == 0) {
                Ticket first = line.remove();
                first.called = true;
                LockSupport.unpark(first.thread);
            }
        }
        length = line.size();
        if (wait > 0) {
            timer.arm(wait);
        }
    }

    private void onLoop(Runnable action) {
        if (loop.inLoop()) {
            action.run();
        } else {
            loop.execute(action);
        }
    }
}
