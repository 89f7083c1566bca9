package io.vikhry.cluster;

import java.util.List;
import java.util.Optional;

/**
 * Pools of items that one holder in the cluster may have at a time. Each call is one atomic step in Redis. An item's value is
 * there before the item can be had; an item goes back only from its holder, or when the holder's lease is gone.
 */
public interface Pools {
    /** How often making an item is tried. */
    int ATTEMPTS = 3;

    /** Makes the pool if there is none, and orders as many items as it lacks to {@code count}; returns how many it ordered. */
    int ensure(String pool, int count);

    /** Undertakes to make up to {@code max} of the ordered items, of any pool; nothing if the worker's lease is lost. */
    List<PoolWork> take(String workerId, long fence, int max);

    /** The item is made: it becomes available. False if it was not this worker's to make any more. */
    boolean made(String workerId, long fence, PoolWork work, String json);

    /** The item could not be made; it will be tried again unless this was the last of {@value #ATTEMPTS} attempts. */
    boolean failed(String workerId, long fence, PoolWork work, String why);

    /**
     * Takes an item that nobody holds.
     *
     * @param waiting how many users of this worker wait for the pool while this one asks, itself included; only counted
     */
    Acquisition acquire(String pool, Holder holder, int waiting);

    /** Says how many users of a worker wait for a pool. */
    void waiting(String pool, String workerId, long fence, int users);

    /** Gives an item back; false if {@code holder} does not hold it. */
    boolean release(String pool, String id, Holder holder);

    /** Gives back all that {@code holder} holds, of every pool; returns how many. */
    int releaseAll(Holder holder);

    /** Takes back what is held, or being made, by workers whose lease is gone, and in other runs than {@code runId}; returns how many. */
    int reclaim(LeaderLease leader, String runId);

    /** Takes an item out of use, whoever holds it; false if there is no such item. */
    boolean quarantine(String pool, String id, String why);

    /** All pools by name. */
    List<PoolCounts> counts();

    /** One pool. */
    Optional<PoolCounts> counts(String pool);

    /** Items with ids of {@code fromId} and up, at most {@code max}, ascending. */
    List<PoolItem> items(String pool, long fromId, int max);

    /** Deletes a pool with its items; false if there is none, or someone holds an item of it. */
    boolean delete(String pool);
}
