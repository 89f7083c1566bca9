package io.vikhry.worker;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the time without an orchestrator. It begins with the first look at a cluster that nobody leads: while Redis is not to be
 * had nobody knows, and the fence keeps users still. For one thread.
 */
final class DeadMan {
    private final LongSupplier nanoTime;
    private @Nullable Long sinceNanos;

    DeadMan(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Nothing runs that would need an orchestrator. */
    void rest() {
        sinceNanos = null;
    }

    /** Notes whether somebody leads; whether nobody has for {@code limit}. */
    boolean isDue(boolean led, Duration limit) {
        long now = nanoTime.getAsLong();
        if (led) {
            sinceNanos = null;
            return false;
        }
        Long since = sinceNanos;
        if (since == null) {
            sinceNanos = now;
            return false;
        }
        return now - since >= limit.toNanos();
    }
}
