package io.vikhry.runtime.vu;

import java.time.Duration;

/**
 * The cluster's pools as a user's thread sees them. Every method may block; it is called on the virtual thread of the user it
 * is about, and must end early with an {@link InterruptedException} when that thread is interrupted.
 */
public interface ResourceLeases {
    /**
     * Takes an item that nobody in the cluster holds.
     *
     * @param timeout the longest wait for one
     * @throws io.vikhry.api.ResourceTimeoutException if the wait ran out
     * @throws io.vikhry.api.ResourceException if there is no such pool
     */
    Lease acquire(String pool, long vuId, Duration timeout) throws InterruptedException;

    /** Gives one item back; a lease that is no longer held is no error. */
    void release(Lease lease) throws InterruptedException;

    /**
     * Gives one item back that did not work; a lease that is no longer held is no error.
     *
     * @param faults after how many of these in a row it is taken out of use; 1 is at once
     */
    void releaseFaulty(Lease lease, String reason, int faults) throws InterruptedException;

    /** Gives back whatever user {@code vuId} still holds; called once at the end of its life, whatever came before. */
    void releaseAll(long vuId) throws InterruptedException;

    /**
     * An item held by a user.
     *
     * @param pool the pool
     * @param id the item's id in the pool
     * @param vuId the holder
     * @param number higher than those of all leases of the pool before
     * @param payload the item as JSON, as its factory made it
     */
    record Lease(String pool, String id, long vuId, long number, String payload) {}
}
