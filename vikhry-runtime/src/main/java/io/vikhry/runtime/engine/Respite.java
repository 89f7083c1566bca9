package io.vikhry.runtime.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A short wait of a thread that is refused something because it is marked as interrupted. Code that takes no notice of the refusal
 * and asks again at once would else never wait, and so never let go of its loop.
 */
public final class Respite {
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private Respite() {}

    /** Waits a millisecond, whether the thread is marked or not; it is marked when this returns. */
    public static void take() {
        long until = System.nanoTime() + NANOS;
        long left = NANOS;
        while (left > 0) {
            // Who marks itself has a permit as well: one wait may be none.
            Thread.interrupted();
            LockSupport.parkNanos(left);
            left = until - System.nanoTime();
        }
        Thread.currentThread().interrupt();
    }
}
