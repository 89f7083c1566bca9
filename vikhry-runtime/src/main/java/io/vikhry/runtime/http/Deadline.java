package io.vikhry.runtime.http;

import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.engine.Timer;

/**
 * A timer that is moved to an earlier moment only: one that strikes too early looks what is due, and is set again. So the
 * timeout of a request, which as a rule is not reached, costs no timer operation, and a look at this object only. On the loop's
 * thread.
 */
final class Deadline implements Runnable {
    private final Timer timer;
    private final Runnable strike;
    private boolean set;
    private long nanos;

    /** {@code strike} sets it again, by {@link #notAfter}, if there is still something to wait for. */
    Deadline(Loop loop, Runnable strike) {
        this.timer = loop.timer(this);
        this.strike = strike;
    }

    /** Strikes at {@code atNanos}, or earlier. */
    void notAfter(long atNanos) {
        if (!set || nanos - atNanos > 0) {
            set = true;
            nanos = atNanos;
            timer.arm(Math.max(1, atNanos - System.nanoTime()));
        }
    }

    @Override
    public void run() {
        set = false;
        strike.run();
    }

    void cancel() {
        set = false;
        timer.cancel();
    }
}
