package io.vikhry.cluster;

/**
 * The right to lead the cluster, until it expires. Every change that only a leader may make carries its token, and Redis
 * refuses a token that is not the current one; so a leader that was stopped and continued can do no harm.
 *
 * <p>Safe for use by any thread; one thread should renew, at least every second.
 */
public interface LeaderLease extends AutoCloseable {
    /** The fencing token: higher than that of every leader before. */
    long token();

    /** Extends the lease by its full time; false if it was lost, for good. */
    boolean renew();

    /** Whether the lease was renewed recently enough to be surely held, by this machine's monotonic clock. */
    boolean held();

    /** Gives the lease up, if it is held still. */
    @Override
    void close();
}
