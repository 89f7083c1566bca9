package io.vikhry.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Pools of items that one holder in the cluster may have at a time. Each call is one atomic step in Redis. An item's value is
 * there before the item can be had; an item goes back only from its holder, or when the holder's lease is gone.
 */
public final class Pools {
    /** How often making an item is tried. */
    public static final int ATTEMPTS = 3;

    /** Most items a pool may have. */
    public static final int MAX_ITEMS = 1_000_000;

    /** Longest value in bytes. */
    public static final int MAX_VALUE = 1 << 20;

    private static final int MAX_PAGE = 10_000;

    /** How much one script does at most, so that Redis answers others in between. */
    private static final int CHUNK = 5_000;

    private final Redis redis;
    private final Keys keys;

    Pools(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    /** Makes the pool if there is none, and orders as many items as it lacks to {@code count}; returns how many it ordered. */
    public int ensure(String pool, int count) {
        if (count < 0 || count > MAX_ITEMS) {
            throw new ClusterException("pool " + pool + " cannot have " + count + " items: 0 to " + MAX_ITEMS);
        }
        int ordered = 0;
        int more = CHUNK;
        while (more == CHUNK) {
            more = (int) redis.eval(Script.POOL_ENSURE, new String[] {keys.pools(), key(pool)}, pool, count, CHUNK)
                    .number(0);
            ordered += more;
        }
        return ordered;
    }

    /** Undertakes to make up to {@code max} of the ordered items of {@code pools}; none if the worker's lease is lost. */
    public List<PoolWork> take(Collection<String> pools, String workerId, long fence, int max) {
        List<Object> args = new ArrayList<>(List.of(keys.poolPrefix(), workerId, fence, max));
        pools.forEach(pool -> args.add(Names.check("pool", pool)));
        return redis.eval(Script.POOL_TAKE, new String[] {keys.worker(workerId)}, args.toArray()).rows().stream()
                .map(row -> new PoolWork(row.text(0), row.text(1), (int) row.number(2)))
                .toList();
    }

    /** The item is made: it becomes available. False if it was not this worker's to make any more. */
    public boolean made(String workerId, long fence, PoolWork work, String json) {
        if (json.length() > MAX_VALUE) {
            throw new ClusterException("item " + work.id() + " of pool " + work.pool() + " has " + json.length()
                    + " characters: " + MAX_VALUE + " is the most");
        }
        return redis.eval(Script.POOL_MADE, new String[] {key(work.pool())}, workerId + "|" + fence, work.id(), json)
                .yes(0);
    }

    /** The item could not be made; it will be tried again unless this was the last of {@value #ATTEMPTS} attempts. */
    public boolean failed(String workerId, long fence, PoolWork work, String why) {
        return redis.eval(
                        Script.POOL_FAILED,
                        new String[] {key(work.pool())},
                        workerId + "|" + fence,
                        work.id(),
                        why,
                        ATTEMPTS)
                .yes(0);
    }

    /**
     * Takes an item that nobody holds.
     *
     * @param waiting how many users of this worker wait for the pool while this one asks, itself included; only counted
     */
    public Acquisition acquire(String pool, Holder holder, int waiting) {
        Reply reply = redis.eval(
                Script.POOL_ACQUIRE,
                new String[] {key(pool), keys.state(), keys.worker(holder.workerId()), keys.held()},
                pool,
                holder.runId(),
                holder.lease(),
                holder.fence(),
                holder.vu(),
                waiting);
        return switch (reply.text(0)) {
            case "GRANTED" -> new Acquisition.Granted(reply.text(1), reply.text(2));
            case "EMPTY" -> new Acquisition.Empty();
            case "NO_POOL" -> new Acquisition.NoPool();
            default -> new Acquisition.Void();
        };
    }

    /** Says how many users of {@code holder}'s worker wait for a pool. */
    public void waiting(String pool, Holder holder, int users) {
        redis.eval(Script.POOL_WAITING, new String[] {key(pool)}, holder.lease(), users);
    }

    /** Gives an item back; false if {@code holder} does not hold it. */
    public boolean release(String pool, String id, Holder holder) {
        return redis.eval(
                        Script.POOL_RELEASE,
                        new String[] {key(pool), keys.held()},
                        pool,
                        id,
                        holder.lease(),
                        holder.vu())
                .yes(0);
    }

    /** Gives back all that {@code holder} holds, of every pool; returns how many. */
    public int releaseAll(Holder holder) {
        return (int) redis.eval(
                        Script.POOL_RELEASE_ALL,
                        new String[] {keys.held()},
                        keys.poolPrefix(),
                        holder.lease(),
                        holder.vu())
                .number(0);
    }

    /**
     * Takes back what workers hold or are making whose lease is gone, and what is held in other runs than {@code runId}; returns
     * how many items went back, or -1 if {@code leader} does not lead any more.
     */
    public int reclaim(LeaderLease leader, String runId) {
        int count = 0;
        while (true) {
            Reply reply = redis.eval(
                    Script.POOL_RECLAIM,
                    new String[] {keys.held(), keys.leader(), keys.pools()},
                    leader.token(),
                    runId,
                    keys.poolPrefix(),
                    keys.workerPrefix(),
                    CHUNK);
            if (reply.number(0) < 0) {
                return -1;
            }
            count += (int) reply.number(0);
            if (!reply.yes(1)) {
                return count;
            }
        }
    }

    /** Takes an item out of use, whoever holds it; false if there is no such item. */
    public boolean quarantine(String pool, String id, String why) {
        return redis.eval(Script.POOL_QUARANTINE, new String[] {key(pool), keys.held()}, pool, id, why)
                .yes(0);
    }

    /** All pools by name. */
    public List<PoolCounts> counts() {
        return read("");
    }

    /** One pool. */
    public Optional<PoolCounts> counts(String pool) {
        return read(Names.check("pool", pool)).stream().findFirst();
    }

    private List<PoolCounts> read(String pool) {
        return redis.eval(Script.POOL_COUNTS, new String[] {keys.pools()}, keys.poolPrefix(), pool).rows().stream()
                .map(row -> new PoolCounts(
                        row.text(0),
                        row.number(1),
                        row.number(2),
                        row.number(3),
                        row.number(4),
                        row.number(5),
                        row.number(6),
                        row.number(7),
                        row.number(8)))
                .sorted(Comparator.comparing(PoolCounts::pool))
                .toList();
    }

    /** The items with ids from {@code fromId} (0 and up) to {@code fromId + max - 1}, ascending; 10,000 at most. */
    public List<PoolItem> items(String pool, long fromId, int max) {
        if (fromId < 0 || max < 1 || max > MAX_PAGE) {
            throw new IllegalArgumentException(
                    "no page of items: from " + fromId + ", " + max + " of at most " + MAX_PAGE);
        }
        return redis.eval(Script.POOL_ITEMS, new String[] {key(pool)}, fromId, max).rows().stream()
                .map(row -> new PoolItem(
                        row.text(0),
                        PoolItem.State.valueOf(row.text(1)),
                        row.text(2).isEmpty() ? null : row.text(2),
                        row.text(3).isEmpty() ? null : Holder.parse(row.text(3)),
                        row.text(4).isEmpty() ? null : row.text(4)))
                .toList();
    }

    /** Deletes a pool with its items; false if there is none, or someone holds an item of it. */
    public boolean delete(String pool) {
        return redis.eval(Script.POOL_DELETE, new String[] {keys.pools(), key(pool)}, pool)
                .yes(0);
    }

    private String key(String pool) {
        return keys.pool(Names.check("pool", pool));
    }
}
