package io.vikhry.api;

import java.time.Duration;

/**
 * Pools of things that one user in the whole cluster may hold at a time. A lease ends with {@link #release}, or with the
 * user; when a worker dies, its leases end when the cluster has declared it dead.
 */
public interface Resources {
    /** As {@link #acquire(String, Class, Duration)}, waiting for 10 s at most. */
    <T> T acquire(String pool, Class<T> type);

    /**
     * Takes an item that nobody holds, waiting up to {@code timeout} for one, and returns it as {@code type}.
     *
     * @throws ResourceException if the pool does not exist, the wait ran out, or the item does not fit {@code type}
     */
    <T> T acquire(String pool, Class<T> type, Duration timeout);

    /**
     * Gives back what {@link #acquire} returned: the same object, not an equal one.
     *
     * @throws ResourceException if this user does not hold it
     */
    void release(Object resource);
}
