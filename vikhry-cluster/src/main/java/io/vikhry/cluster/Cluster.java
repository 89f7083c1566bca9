package io.vikhry.cluster;

import java.util.Optional;

/**
 * A connection to one cluster's part of a Redis. Each call waits for Redis' answer, 3 s at most, and throws a
 * {@link ClusterException} without it; nothing is sent twice and nothing waits for a reconnect, so that a caller always knows
 * what it does not know. Safe for use by any thread.
 */
public final class Cluster implements AutoCloseable {
    private final String name;
    private final Redis redis;
    private final String version;
    private final ClusterClock clock;
    private final Bundles bundles;
    private final Scenario scenario;
    private final Lifecycle lifecycle;
    private final Leader leader;
    private final Plans plans;
    private final Commands commands;
    private final Halts halts;
    private final Leases leases;
    private final Metrics metrics;
    private final Pools pools;
    private final Orders orders;
    private final Commons commons;

    private Cluster(Redis redis, String name) {
        Keys keys = new Keys(name);
        this.name = name;
        this.redis = redis;
        this.version = RedisVersion.ask(redis);
        this.clock = new ClusterClock(redis);
        this.bundles = new Bundles(redis, keys);
        this.scenario = new Scenario(redis, keys);
        this.lifecycle = new Lifecycle(redis, keys);
        this.leader = new Leader(redis, keys, clock);
        this.plans = new Plans(redis, keys);
        this.commands = new Commands(redis, keys);
        this.halts = new Halts(redis, keys);
        this.leases = new Leases(redis, keys, clock);
        this.metrics = new Metrics(redis, keys);
        this.pools = new Pools(redis, keys);
        this.orders = new Orders(redis, keys);
        this.commons = new Commons(redis, keys);
    }

    /**
     * Connects.
     *
     * @param redisUrl {@code redis://[[user]:password@]host[:port][/db]} or {@code rediss://…}; or
     *     {@code redis+sentinel://[[user]:password@]host[:port][,host…][/db]#name}: Sentinels, and the name of what they watch
     * @param name the cluster's name: 1 to 64 of {@code A-Z a-z 0-9 _ . -}
     * @throws ClusterException if Redis does not answer, refuses the login or is older than 7
     */
    public static Cluster connect(String redisUrl, String name) {
        Names.cluster(name);
        Redis redis = new Redis(redisUrl);
        try {
            return new Cluster(redis, name);
        } catch (RuntimeException e) {
            redis.close();
            throw e;
        }
    }

    /** Why {@code name} cannot be a cluster's, in one line that says what can; empty if it can. */
    public static Optional<String> faultOf(String name) {
        return Names.faultOfCluster(name);
    }

    /** The cluster's name. */
    public String name() {
        return name;
    }

    /** The Redis URL without its password. */
    public String redisUrl() {
        return redis.url();
    }

    /** Redis' version when this connected, for people: {@code redis 7.0.15}. */
    public String redisVersion() {
        return version;
    }

    /** The address of the Redis that leads now, as it names it; empty where there is no Sentinel that could choose another. */
    public Optional<String> leadingRedis() {
        return redis.leading();
    }

    /** Whether Redis answers now. */
    public boolean answers() {
        try {
            return "PONG".equals(redis.call(r -> r.ping()));
        } catch (ClusterException e) {
            return false;
        }
    }

    /** Cluster time. */
    public ClusterClock clock() {
        return clock;
    }

    /** Scenario bundles. */
    public Bundles bundles() {
        return bundles;
    }

    /** The announced scenario. */
    public Scenario scenario() {
        return scenario;
    }

    /** The state machine. */
    public Lifecycle lifecycle() {
        return lifecycle;
    }

    /** The leader's lease. */
    public Leader leader() {
        return leader;
    }

    /** Plans and assignments. */
    public Plans plans() {
        return plans;
    }

    /** "Look again". */
    public Commands commands() {
        return commands;
    }

    /** Orders to end a run that need no leader. */
    public Halts halts() {
        return halts;
    }

    /** The workers. */
    public Leases leases() {
        return leases;
    }

    /** The batches. */
    public Metrics metrics() {
        return metrics;
    }

    /** The pools. */
    public Pools pools() {
        return pools;
    }

    /** What pools are to get. */
    public Orders orders() {
        return orders;
    }

    /** What the users of a run have in common. */
    public Commons commons() {
        return commons;
    }

    @Override
    public void close() {
        metrics.close();
        redis.close();
    }
}
