package io.vikhry.cluster;

import com.fasterxml.jackson.core.type.TypeReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Items that pools are to get: asked for by the leader, made by workers. Each call is one atomic step in Redis for up to
 * {@value #CHUNK} items. An order belongs to one worker at a time and goes back when that worker's lease is gone, so an item
 * becomes available once; but its factory runs again if a worker dies between making it and saying so.
 */
public final class Orders {
    /** How often making an item is tried. */
    public static final int ATTEMPTS = 3;

    /** Most items a pool may have. */
    public static final int MAX_ITEMS = 1_000_000;

    /** Longest value in bytes. */
    public static final int MAX_VALUE = 1 << 20;

    /** From a failed attempt to the second, in ms; each further one takes twice as long. */
    static final long PAUSE_MILLIS = 250;

    private static final int CHUNK = 5_000;
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private final Redis redis;
    private final Keys keys;

    Orders(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    /** Who wants items. */
    public enum Customer {
        /** The run under way: what nobody has begun when it ends is not made. */
        RUN,
        /** A person: what was ordered is made, whatever runs or ends. */
        PERSON
    }

    /**
     * Makes the pool if there is none, and orders as many items as it lacks to {@code count}.
     *
     * @return how many it ordered, or -1 if {@code leader} does not lead any more
     */
    public int ensure(LeaderLease leader, Customer customer, String pool, int count, Recipe recipe) {
        check(pool, count);
        int ordered = 0;
        int more = CHUNK;
        while (more == CHUNK) {
            more = order(leader, customer, pool, count, CHUNK, recipe);
            if (more < 0) {
                return -1;
            }
            ordered += more;
        }
        return ordered;
    }

    /**
     * Makes the pool if there is none, and orders {@code count} items more, for a person.
     *
     * @return false if {@code leader} does not lead any more
     */
    public boolean create(LeaderLease leader, String pool, int count, Recipe recipe) {
        check(pool, count);
        for (int left = count; left > 0; left -= CHUNK) {
            if (order(leader, Customer.PERSON, pool, "", Math.min(left, CHUNK), recipe) < 0) {
                return false;
            }
        }
        return true;
    }

    private int order(LeaderLease leader, Customer customer, String pool, Object total, int most, Recipe recipe) {
        return (int) redis.eval(
                        Script.POOL_ORDER,
                        new String[] {keys.pools(), keys.pool(pool), keys.leader()},
                        pool,
                        leader.token(),
                        total,
                        most,
                        recipe.bundleDigest(),
                        Json.write(recipe.params()),
                        customer == Customer.PERSON ? 1 : 0)
                .number(0);
    }

    private static void check(String pool, int count) {
        Names.check("pool", pool);
        if (count < 0 || count > MAX_ITEMS) {
            throw new ClusterException("pool " + pool + " cannot have " + count + " items: 0 to " + MAX_ITEMS);
        }
    }

    /** Makes the pool if there is none, and adds items whose values are given. */
    public void put(String pool, List<String> values) {
        Names.check("pool", pool);
        for (int from = 0; from < values.size(); from += CHUNK) {
            List<Object> args = new ArrayList<>(List.of(pool));
            args.addAll(values.subList(from, Math.min(values.size(), from + CHUNK)));
            redis.eval(Script.POOL_PUT, new String[] {keys.pools(), keys.pool(pool)}, args.toArray());
        }
    }

    /**
     * Drops what runs have ordered and nobody has begun to make, in all pools; what is being made is finished, but not tried
     * again.
     */
    public void cancel(LeaderLease leader) {
        redis.eval(
                Script.POOL_CANCEL,
                new String[] {keys.leader(), keys.pools()},
                leader.token(),
                keys.poolPrefix(),
                ATTEMPTS);
    }

    /**
     * Undertakes to make up to {@code max} of the ordered items of {@code pools} that are to be made by scenario {@code digest};
     * none if the worker's lease is lost, or while a run is on that it does not work for yet: it does not know what that forbids.
     * What a run has ordered is dropped instead once that ends.
     *
     * @param runId the run that the worker works for, or {@code null}
     */
    public List<PoolWork> take(
            Collection<String> pools, String digest, String workerId, long fence, @Nullable String runId, int max) {
        List<Object> args = new ArrayList<>(
                List.of(keys.poolPrefix(), workerId, fence, max, digest, Objects.requireNonNullElse(runId, "")));
        pools.forEach(pool -> args.add(Names.check("pool", pool)));
        return redis
                .eval(Script.POOL_TAKE, new String[] {keys.worker(workerId), keys.state()}, args.toArray())
                .rows()
                .stream()
                .map(row -> new PoolWork(
                        row.text(0), row.text(1), (int) row.number(2), Json.read(row.bytes(3), TEXTS, row.text(0))))
                .toList();
    }

    /**
     * Gives back what the worker has undertaken to make, but for what it knows of: the answer to a {@link #take} may have been
     * lost, and nobody would make that. Returns how many orders went back.
     */
    public int untake(String workerId, long fence, Collection<PoolWork> known) {
        List<Object> args = new ArrayList<>(List.of(keys.poolPrefix(), workerId + "|" + fence));
        known.forEach(work -> args.add(work.pool() + "/" + work.id()));
        return (int) redis.eval(Script.POOL_UNTAKE, new String[] {keys.pools()}, args.toArray())
                .number(0);
    }

    /** The item is made: it becomes available. False if it was not this worker's to make any more. */
    public boolean made(String workerId, long fence, PoolWork work, String json) {
        if (json.length() > MAX_VALUE) {
            throw new ClusterException("item " + work.id() + " of pool " + work.pool() + " has " + json.length()
                    + " characters: " + MAX_VALUE + " is the most");
        }
        return redis.eval(
                        Script.POOL_MADE,
                        new String[] {keys.pool(work.pool())},
                        workerId + "|" + fence,
                        work.id(),
                        json)
                .yes(0);
    }

    /** The item could not be made; it is tried again after a pause, unless this was the last of {@value #ATTEMPTS} attempts. */
    public boolean failed(String workerId, long fence, PoolWork work, String why) {
        return redis.eval(
                        Script.POOL_FAILED,
                        new String[] {keys.pool(work.pool())},
                        workerId + "|" + fence,
                        work.id(),
                        why,
                        ATTEMPTS,
                        PAUSE_MILLIS)
                .yes(0);
    }
}
