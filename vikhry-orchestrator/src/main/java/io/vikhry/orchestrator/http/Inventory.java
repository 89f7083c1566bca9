package io.vikhry.orchestrator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.Holder;
import io.vikhry.cluster.PoolCounts;
import io.vikhry.cluster.PoolItem;
import io.vikhry.cluster.Pools;
import io.vikhry.orchestrator.run.Conductor;
import io.vikhry.orchestrator.run.Json;
import io.vikhry.orchestrator.run.PoolFigures;
import io.vikhry.orchestrator.run.Refusal;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the API tells of pools and their items, and how requests name them. */
final class Inventory {
    private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9_.:-]{1,128}");
    private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,17}");
    private static final int PAGE = 100;

    private final Pools pools;
    private final Conductor conductor;

    Inventory(Pools pools, Conductor conductor) {
        this.pools = pools;
        this.conductor = conductor;
    }

    record Item(
            String id,
            PoolItem.State state,
            @Nullable JsonNode value,
            @Nullable Keeper holder,
            @Nullable String reason,
            @Nullable Long since,
            @Nullable Long lease) {}

    record Keeper(String runId, String worker, long user) {}

    record Items(String pool, List<Item> items, @Nullable Long next) {}

    /** One pool. */
    PoolFigures pool(Context ctx) {
        PoolCounts counts = known(name(ctx));
        return PoolFigures.of(List.of(counts), conductor.run().orElse(null)).getFirst();
    }

    /** A page of items. */
    Items items(Context ctx) {
        Query query = Query.of(ctx, "after", "limit", "state");
        String pool = known(name(ctx)).pool();
        Pools.Page page = pools.items(
                pool,
                query.wholeNumber("after", 0, 0, Long.MAX_VALUE - 1),
                (int) query.wholeNumber("limit", PAGE, 1, Pools.MAX_PAGE),
                query.oneOf("state", PoolItem.State.values()));
        return new Items(pool, page.items().stream().map(Inventory::item).toList(), page.next());
    }

    private static Item item(PoolItem item) {
        Holder holder = item.holder();
        String json = item.json();
        return new Item(
                item.id(),
                item.state(),
                json == null ? null : value(item.id(), json),
                holder == null ? null : new Keeper(holder.runId(), holder.workerId(), holder.vu()),
                item.reason(),
                item.sinceMillis() == 0 ? null : item.sinceMillis(),
                item.leaseNumber() == 0 ? null : item.leaseNumber());
    }

    private static JsonNode value(String id, String json) {
        try {
            return Json.MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ClusterException("item " + id + " in Redis is no JSON: was it written by another program?", e);
        }
    }

    private PoolCounts known(String pool) {
        return pools.counts(pool)
                .orElseThrow(() ->
                        new Refusal(Refusal.Code.NOT_FOUND, "There is no pool " + pool + ".", Map.of("pool", pool)));
    }

    /** The pool that a request's path names. */
    static String name(Context ctx) {
        return name(ctx.pathParam("pool"));
    }

    /** A pool's name, or a refusal. */
    static String name(String pool) {
        if (!NAME.matcher(pool).matches()) {
            throw new Refusal(
                    Refusal.Code.INVALID_VALUE,
                    "\"" + (pool.length() <= 60 ? pool : pool.substring(0, 57) + "...")
                            + "\" is no name for a pool: use 1 to 128 letters, digits and _ . : -",
                    Map.of("field", "pool"));
        }
        return pool;
    }

    /** The item that a request's path names. */
    static String id(Context ctx) {
        String id = ctx.pathParam("id");
        if (!ID.matcher(id).matches()) {
            throw new Refusal(
                    Refusal.Code.NOT_FOUND, "Pool " + name(ctx) + " has no such item; ids are whole numbers from 1.");
        }
        return id;
    }
}
