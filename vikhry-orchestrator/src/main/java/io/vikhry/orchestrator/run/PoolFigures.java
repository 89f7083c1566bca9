package io.vikhry.orchestrator.run;

import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.PoolCounts;
import io.vikhry.orchestrator.metrics.Totals;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pool as people see it: what is in it now, and how the users of the run under way, or of the last one, got on with it.
 *
 * @param pool its name
 * @param created items that exist: available, leased and quarantined
 * @param available items that nobody holds
 * @param leased items that someone holds
 * @param quarantined items taken out of use
 * @param waiting users waiting for an item
 * @param granted leases given since the pool was made
 * @param reclaimed items taken back from holders that were gone, since the pool was made or reset
 * @param pending items still to be made, or being made
 * @param failed items of the last order that could not be made
 * @param ordered items of the last order
 * @param made of these, how many were made
 * @param waitP95Ms 95th percentile of the waits in the run, or {@code null} if nobody asked
 * @param exhausted waits in the run that ran out of time
 */
public record PoolFigures(
        String pool,
        long created,
        long available,
        long leased,
        long quarantined,
        long waiting,
        long granted,
        long reclaimed,
        long pending,
        long failed,
        long ordered,
        long made,
        @Nullable Double waitP95Ms,
        long exhausted) {

    /** The pools with what {@code run} recorded of them. */
    public static List<PoolFigures> of(List<PoolCounts> pools, @Nullable Run run) {
        if (pools.isEmpty()) {
            return List.of();
        }
        Map<String, Totals> waits = run == null ? Map.of() : run.numbers().totalsByName(Kind.WAIT);
        return pools.stream()
                .map(pool -> of(pool, waits.get("acquire " + pool.pool())))
                .toList();
    }

    private static PoolFigures of(PoolCounts pool, @Nullable Totals waits) {
        return new PoolFigures(
                pool.pool(),
                pool.created(),
                pool.available(),
                pool.leased(),
                pool.quarantined(),
                pool.waiting(),
                pool.granted(),
                pool.reclaimed(),
                pool.pending(),
                pool.failed(),
                pool.ordered(),
                pool.made(),
                waits == null || waits.responseMs() == null
                        ? null
                        : waits.responseMs().p95(),
                waits == null ? 0 : waits.codes().getOrDefault("TIMEOUT", 0L));
    }
}
