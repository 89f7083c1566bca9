package io.vikhry.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Pools of items that one holder in the cluster may have at a time. Each call is one atomic step in Redis. An item's value is
 * there before the item can be had; an item goes back only from its holder, or when the holder's lease is gone, or by force.
 */
public final class Pools {
    /** Most items on a page. */
    public static final int MAX_PAGE = 1_000;

    /** Faults in a row after which an item is taken out of use, where the scenario does not say. */
    public static final int FAULTS = 3;

    /** How much one script does at most, so that Redis answers others in between. */
    private static final int CHUNK = 5_000;

    /** How many items one script looks at for a page. */
    private static final int LOOK = 2_000;

    private final Redis redis;
    private final Keys keys;
    /** The highest number of a lease that was given here: one after it is higher, whatever Redis has forgotten. */
    private final AtomicLong highest = new AtomicLong();

    Pools(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    /**
     * Takes an item that nobody holds, if it is the holder's turn: among the workers that wait, the one whose user has waited
     * longest comes first. A worker that waits must ask again within a second, or others pass it until it does.
     *
     * @param waiting users of this worker that wait for the pool, the holder included
     * @param sinceMicros since when the holder waits, in cluster time
     * @param nextSinceMicros since when the one after it does; of no meaning if it waits alone
     * @param request a number that this holder's requests to the pool before did not have; asking again with the same, because
     *     the answer was lost, gets what was granted then
     */
    public Acquisition acquire(
            String pool, Holder holder, int waiting, long sinceMicros, long nextSinceMicros, long request) {
        Reply reply = redis.eval(
                Script.POOL_ACQUIRE,
                new String[] {key(pool), keys.state(), keys.worker(holder.workerId()), keys.held()},
                pool,
                holder.runId(),
                holder.lease(),
                holder.fence(),
                holder.vu(),
                waiting,
                sinceMicros,
                nextSinceMicros,
                request,
                highest.get());
        return switch (reply.text(0)) {
            case "GRANTED" -> {
                highest.accumulateAndGet(reply.number(3), Math::max);
                yield new Acquisition.Granted(reply.text(1), reply.text(2), reply.number(3));
            }
            case "EMPTY" -> new Acquisition.Empty();
            case "NO_POOL" -> new Acquisition.NoPool();
            default -> new Acquisition.Void();
        };
    }

    /** Calls {@code rung} whenever it is the turn of {@code holder}'s worker in some pool, on a thread of its own. */
    public Bell listen(Holder holder, Runnable rung) {
        return new Bell(redis, keys.bell(holder), rung);
    }

    /** Gives an item back; false if {@code holder} does not hold it. */
    public boolean release(String pool, String id, Holder holder) {
        return release(pool, id, holder, "", 1) == Release.RELEASED;
    }

    /**
     * Gives back an item that did not work; after {@code faults} in a row it is quarantined, with {@code why}.
     *
     * @param faults 1 and up: with 1 it is quarantined at once
     */
    public Release releaseFaulty(String pool, String id, Holder holder, String why, int faults) {
        return release(pool, id, holder, why.isEmpty() ? "no reason given" : why, faults);
    }

    private Release release(String pool, String id, Holder holder, String why, int faults) {
        return Release.valueOf(redis.eval(
                        Script.POOL_RELEASE,
                        new String[] {key(pool), keys.held()},
                        pool,
                        id,
                        holder.lease(),
                        holder.vu(),
                        why,
                        faults)
                .text(0));
    }

    /** What came of giving an item back. */
    public enum Release {
        /** Others may have it. */
        RELEASED,
        /** It is taken out of use. */
        QUARANTINED,
        /** Nothing: it was not the holder's. */
        NOT_HELD
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
     * Takes back what workers hold or are making whose lease is gone, and what is held in other runs than the one under way;
     * returns how many items went back, or -1 if {@code leader} does not lead any more.
     */
    public int reclaim(LeaderLease leader) {
        int count = 0;
        while (true) {
            Reply reply = redis.eval(
                    Script.POOL_RECLAIM,
                    new String[] {keys.held(), keys.leader(), keys.pools(), keys.state()},
                    leader.token(),
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

    /** Takes a quarantined item into use again; false if it is not quarantined. */
    public boolean restore(String pool, String id) {
        return redis.eval(Script.POOL_RESTORE, new String[] {key(pool)}, id).yes(0);
    }

    /** Deletes an item; {@code force} also one that is held. */
    public Removal drop(String pool, String id, boolean force) {
        return removal(redis.eval(Script.POOL_DROP, new String[] {key(pool), keys.held()}, pool, id, flag(force)));
    }

    /** Deletes a pool with its items; {@code force} also one of which items are held. */
    public Removal delete(String pool, boolean force) {
        return removal(
                redis.eval(Script.POOL_DELETE, new String[] {keys.pools(), key(pool), keys.held()}, pool, flag(force)));
    }

    /**
     * Makes all items of a pool available: ends their leases and quarantines, forgets faults and failures. While a run is on,
     * only by {@code force}: users then work on with items that others are given.
     */
    public Removal reset(String pool, boolean force) {
        while (true) {
            Reply reply = redis.eval(
                    Script.POOL_RESET, new String[] {key(pool), keys.held(), keys.state()}, pool, flag(force), CHUNK);
            if (!reply.text(0).equals("MORE")) {
                return removal(reply);
            }
        }
    }

    private static int flag(boolean force) {
        return force ? 1 : 0;
    }

    private static Removal removal(Reply reply) {
        return Removal.valueOf(reply.text(0));
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
                        row.number(8),
                        row.number(9),
                        row.number(10),
                        row.number(11)))
                .sorted(Comparator.comparing(PoolCounts::pool))
                .toList();
    }

    /** A page of items, ascending by id, and the id after which the next page begins, or {@code null} after the last. */
    public record Page(List<PoolItem> items, @Nullable Long next) {
        public Page {
            items = List.copyOf(items);
        }
    }

    /** The first {@code max} items with ids greater than {@code after}; 1,000 at most. {@code state} leaves out all others. */
    public Page items(String pool, long after, int max, PoolItem.@Nullable State state) {
        if (after < 0 || max < 1 || max > MAX_PAGE) {
            throw new IllegalArgumentException("no page of items: after " + after + ", " + max + " of " + MAX_PAGE);
        }
        List<PoolItem> items = new ArrayList<>();
        long from = after + 1;
        while (true) {
            List<Reply> rows = redis.eval(
                            Script.POOL_ITEMS,
                            new String[] {key(pool)},
                            from,
                            LOOK,
                            max - items.size(),
                            state == null ? "" : state.name())
                    .rows();
            rows.subList(1, rows.size()).forEach(row -> items.add(item(row)));
            from = rows.getFirst().number(0);
            if (from > rows.getFirst().number(1)) {
                return new Page(items, null);
            }
            if (items.size() == max) {
                return new Page(items, from - 1);
            }
        }
    }

    private static PoolItem item(Reply row) {
        String[] since = row.text(5).split("\\|", 2);
        return new PoolItem(
                row.text(0),
                PoolItem.State.valueOf(row.text(1)),
                row.text(2).isEmpty() ? null : row.text(2),
                row.text(3).isEmpty() ? null : Holder.parse(row.text(3)),
                row.text(4).isEmpty() ? null : row.text(4),
                since[0].isEmpty() ? 0 : Long.parseLong(since[0]),
                since.length < 2 ? 0 : Long.parseLong(since[1]));
    }

    private String key(String pool) {
        return keys.pool(Names.check("pool", pool));
    }
}
