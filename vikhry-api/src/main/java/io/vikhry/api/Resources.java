package io.vikhry.api;

import java.time.Duration;

/**
 * Pools of things that one user in the whole cluster may hold at a time. A lease ends with {@link #release}, or with the
 * user; when a worker dies, its leases end when the cluster has declared it dead. Users are served in the order they came, over
 * all workers.
 */
public interface Resources {
    /** As {@link #acquire(String, Class, Duration)}, waiting for 10 s at most. */
    <T> T acquire(String pool, Class<T> type);

    /**
     * Takes an item that nobody holds, waiting up to {@code timeout} for one, and returns it as {@code type}.
     *
     * @throws ResourceTimeoutException if the wait ran out
     * @throws ResourceException if the pool does not exist, or the item does not fit {@code type}
     */
    <T> T acquire(String pool, Class<T> type, Duration timeout);

    /**
     * Gives back what {@link #acquire} returned: the same object, not an equal one.
     *
     * @throws ResourceException if this user does not hold it
     */
    void release(Object resource);

    /**
     * Gives back an item that did not work, such as an account whose login was refused. {@link Resource#faults()} of these in
     * a row, whoever held it, quarantine the item; a plain {@link #release}, or the end of its user, ends the row.
     *
     * @param reason what is wrong, for people
     * @throws ResourceException if this user does not hold it
     */
    void releaseFaulty(Object resource, String reason);

    /**
     * Takes an item that this user holds out of use: nobody gets it until somebody restores it.
     *
     * @param reason what is wrong, for people
     * @throws ResourceException if this user does not hold it
     */
    void quarantine(Object resource, String reason);

    /**
     * The number of the lease under which this user holds an item: higher than those of all leases of the pool before. A system
     * that remembers the highest number it has seen for an item can tell a holder of today from one of yesterday.
     *
     * @throws ResourceException if this user does not hold it
     */
    long leaseNumber(Object resource);
}
