package io.vikhry.runtime.engine;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * How long a test waits for what a loop must do at once: longer than a machine is busy, and shorter than the second after which
 * Netty's transports look around by themselves, which would hide a lost wake-up.
 */
final class Patience {
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(600);

    private Patience() {}

    /** Spins, so that the loop is given its next work the moment it has done the last; false if the patience is over. */
    static boolean until(BooleanSupplier done) {
        long begin = System.nanoTime();
        for (int look = 1; !done.getAsBoolean(); look++) {
            if ((look & 1023) == 0) {
                if (System.nanoTime() - begin > NANOS) {
                    return false;
                }
                Thread.yield();
            }
            Thread.onSpinWait();
        }
        return true;
    }
}
