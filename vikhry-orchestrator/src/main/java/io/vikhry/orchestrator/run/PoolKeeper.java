package io.vikhry.orchestrator.run;

import io.vikhry.cluster.LeaderLease;
import io.vikhry.cluster.Pools;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back, once a second, what holders had that are gone: workers whose lease ran out, and runs that are over. What a lost
 * worker had undertaken to make is made by others. For one thread.
 */
final class PoolKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(PoolKeeper.class);
    private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Pools pools;
    private long roundNanos = System.nanoTime() - ROUND_NANOS;

    PoolKeeper(Pools pools) {
        this.pools = pools;
    }

    /** Makes its round, if it is time. */
    void look(LeaderLease lease) {
        long now = System.nanoTime();
        if (now - roundNanos >= ROUND_NANOS) {
            roundNanos = now;
            int count = pools.reclaim(lease);
            if (count > 0) {
                LOG.info("{} items were taken back from holders that are gone", count);
            }
        }
    }
}
