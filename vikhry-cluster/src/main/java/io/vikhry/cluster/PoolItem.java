package io.vikhry.cluster;

import org.jspecify.annotations.Nullable;

/**
 * An item of a pool.
 *
 * @param id its id
 * @param state where it is
 * @param json its value, or {@code null} as long as it is not made
 * @param holder who holds it, or {@code null}
 * @param reason why it failed or is quarantined, or {@code null}
 * @param sinceMillis since when it is in its state, in cluster time; 0 while it is pending
 * @param leaseNumber the number of its lease, or 0
 */
public record PoolItem(
        String id,
        State state,
        @Nullable String json,
        @Nullable Holder holder,
        @Nullable String reason,
        long sinceMillis,
        long leaseNumber) {

    /** Where an item is. */
    public enum State {
        /** To be made, or being made. */
        PENDING,
        /** Nobody holds it. */
        AVAILABLE,
        /** Someone holds it. */
        LEASED,
        /** Taken out of use. */
        QUARANTINED,
        /** Could not be made. */
        FAILED
    }
}
