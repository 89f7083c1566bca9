package io.vikhry.runtime.http;

import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.engine.Timer;

/**
 * A timer that is moved to an earlier moment only: one that strikes too early looks what is due, and is set again. So the
 * timeout of a request, which as a rule is not reached, costs no timer operation. On the loop's thread.
 */
final class Deadline {
    private final Timer timer;
    private long nanos;

    /** {@code strike} sets it again, by {@link #notAfter}, if there is still something to wait for. */
    Deadline(Loop loop, Runnable strike) {
        this.timer = loop.timer(strike);
    }

    /** Strikes at {@code atNanos}, or earlier. */
    void notAfter(long atNanos) {
        if (!timer.armed() || nanos - atNanos > 0) {
            nanos = atNanos;
            timer.arm(Math.max(1, atNanos - System.nanoTime()));
        }
    }

    void cancel() {
        timer.cancel();
    }
}
