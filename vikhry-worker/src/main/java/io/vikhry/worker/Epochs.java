package io.vikhry.worker;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest epoch that this worker has seen. An older one is waited out: Redis has lost its data and the leader has not restored
 * it yet, or a replica that lagged took over. For one thread.
 */
final class Epochs {
    private static final Logger LOG = LoggerFactory.getLogger(Epochs.class);
    /** A leader that lives restores its epoch within seconds. */
    static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(20);
    /** While nobody leads, one who would restore it may still come. */
    static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final LongSupplier nanoTime;
    private long newest;
    private boolean stale;
    private long staleNanos;
    /** Since when somebody leads who might have restored it. */
    private long ledNanos;

    Epochs(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Notes the cluster's epoch, and whether somebody leads the cluster; whether what belongs to it is to be done. */
    boolean see(long epoch, boolean led) {
        if (epoch < newest) {
            long now = nanoTime.getAsLong();
            if (!stale || !led) {
                ledNanos = now;
            }
            if (!stale) {
                LOG.warn("Ignored epoch {}: epoch {} was here before", epoch, newest);
                stale = true;
                staleNanos = now;
            }
            if (led ? now - ledNanos < STALE_NANOS : now - staleNanos < LONGEST_NANOS) {
                return false;
            }
            LOG.warn("Nobody has restored epoch {}: what ran in it ends", newest);
        }
        stale = false;
        newest = epoch;
        return true;
    }

    /** There is nothing left here of any epoch, so there is none to wait for. */
    void forget() {
        newest = 0;
    }
}
