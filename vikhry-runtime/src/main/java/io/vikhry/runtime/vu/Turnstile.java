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
 * scheduler) joins by {@link Loop#execute}.
 */
final class Turnstile implements Gate {
    private static final long SHUT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Loop loop;
    private final Fence fence;
    private final Throttle throttle;
    private final Timer timer;
    private final ArrayDeque<Ticket> line = new ArrayDeque<>();

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
    public void pass() {
        fence.pass();
    }

    @Override
    public boolean isLimited() {
        return true;
    }

    @Override
    public boolean takePlace() {
        return line.isEmpty() && throttle.take(System.nanoTime()) == 0;
    }

    @Override
    public long awaitPlace(boolean again) {
        long came = System.nanoTime();
        await(again);
        while (!fence.isOpen()) {
            // Its turn is over: what it may send now is sent too late.
            fence.pass();
            await(true);
        }
        long held = System.nanoTime() - came;
        throttle.held(held);
        return held;
    }

    @Override
    public boolean isOpen() {
        return fence.isOpen();
    }

    private void await(boolean first) {
        Ticket ticket = new Ticket();
        onLoop(() -> join(ticket, first));
        while (!ticket.called) {
            if (Thread.currentThread().isInterrupted()) {
                onLoop(() -> leave(ticket));
                throw new CancelledException("interrupted while the run's limit of requests per second held it back");
            }
            LockSupport.park(this);
        }
    }

    private void join(Ticket ticket, boolean first) {
        if (first) {
            line.addFirst(ticket);
        } else {
            line.addLast(ticket);
        }
        if (line.size() == 1) {
            callUp();
        }
    }

    private void leave(Ticket ticket) {
        line.remove(ticket);
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
