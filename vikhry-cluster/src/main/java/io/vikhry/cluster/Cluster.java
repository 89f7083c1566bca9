package io.vikhry.cluster;

/**
 * A connection to one cluster's part of a Redis. Each call waits for Redis' answer, 3 s at most, and throws a
 * {@link ClusterException} without it; nothing is sent twice and nothing waits for a reconnect, so that a caller always knows
 * what it does not know. Safe for use by any thread.
 */
public final class Cluster implements AutoCloseable {
    private Cluster() {}

    /**
     * Connects.
     *
     * @param redisUrl {@code redis://[[user]:password@]host[:port][/db]} or {@code rediss://…}
     * @param name the cluster's name: 1 to 64 of {@code A-Z a-z 0-9 _ . -}
     * @throws ClusterException if Redis does not answer, refuses the login or is older than 7
     */
    public static Cluster connect(String redisUrl, String name) {
        throw new UnsupportedOperationException(redisUrl + name);
    }

    /** The cluster's name. */
    public String name() {
        throw new UnsupportedOperationException();
    }

    /** The Redis URL without its password. */
    public String redisUrl() {
        throw new UnsupportedOperationException();
    }

    /** Asks Redis for its version, for people: {@code redis 7.0.15}. */
    public String redisVersion() {
        throw new UnsupportedOperationException();
    }

    /** Whether Redis answers now. */
    public boolean answers() {
        throw new UnsupportedOperationException();
    }

    /** Cluster time. */
    public ClusterClock clock() {
        throw new UnsupportedOperationException();
    }

    /** Scenario bundles. */
    public Bundles bundles() {
        throw new UnsupportedOperationException();
    }

    /** The announced scenario. */
    public Scenario scenario() {
        throw new UnsupportedOperationException();
    }

    /** The state machine. */
    public Lifecycle lifecycle() {
        throw new UnsupportedOperationException();
    }

    /** The leader's lease. */
    public Leader leader() {
        throw new UnsupportedOperationException();
    }

    /** Plans and assignments. */
    public Plans plans() {
        throw new UnsupportedOperationException();
    }

    /** "Look again". */
    public Commands commands() {
        throw new UnsupportedOperationException();
    }

    /** The workers. */
    public Leases leases() {
        throw new UnsupportedOperationException();
    }

    /** The batches. */
    public Metrics metrics() {
        throw new UnsupportedOperationException();
    }

    /** The pools. */
    public Pools pools() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
