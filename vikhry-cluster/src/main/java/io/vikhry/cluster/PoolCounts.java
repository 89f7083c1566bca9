package io.vikhry.cluster;

import org.jspecify.annotations.Nullable;

/**
 * A pool in figures.
 *
 * @param pool its name
 * @param created items that exist: available, leased and quarantined
 * @param available items that nobody holds
 * @param leased items that someone holds
 * @param quarantined items taken out of use
 * @param pending items still to be made, or being made
 * @param failed items of the last order that could not be made
 * @param waiting users waiting for an item
 * @param reclaimed items taken back from holders that were gone, so far
 * @param granted leases given, so far
 * @param ordered items of the last order, that is since nothing was to be made
 * @param made of these, how many were made
 */
public record PoolCounts(
        String pool,
        long created,
        long available,
        long leased,
        long quarantined,
        long pending,
        long failed,
        long waiting,
        long reclaimed,
        long granted,
        long ordered,
        long made) {

    /** The same with what was reclaimed and granted since {@code before}; all of it if {@code before} is {@code null}. */
    public PoolCounts since(@Nullable PoolCounts before) {
        if (before == null) {
            return this;
        }
        return new PoolCounts(
                pool,
                created,
                available,
                leased,
                quarantined,
                pending,
                failed,
                waiting,
                Math.max(0, reclaimed - before.reclaimed),
                Math.max(0, granted - before.granted),
                ordered,
                made);
    }
}
