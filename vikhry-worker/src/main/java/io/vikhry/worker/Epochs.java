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

    private final LongSupplier nanoTime;
    private long newest;
    private boolean stale;
    private long staleNanos;

    Epochs(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Notes the cluster's epoch; whether what belongs to it is to be done. */
    boolean see(long epoch) {
        if (epoch < newest) {
            if (!stale) {
                LOG.warn("Ignored epoch {}: epoch {} was here before", epoch, newest);
                stale = true;
                staleNanos = nanoTime.getAsLong();
            }
            if (nanoTime.getAsLong() - staleNanos < STALE_NANOS) {
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
