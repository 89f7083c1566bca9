package io.vikhry.orchestrator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.Holder;
import io.vikhry.cluster.Orders;
import io.vikhry.cluster.PoolCounts;
import io.vikhry.cluster.PoolItem;
import io.vikhry.cluster.Pools;
import io.vikhry.cluster.Recipe;
import io.vikhry.cluster.Removal;
import io.vikhry.cluster.WorkerView;
import io.vikhry.orchestrator.run.Conductor;
import io.vikhry.orchestrator.run.CurrentScenario;
import io.vikhry.orchestrator.run.Json;
import io.vikhry.orchestrator.run.PoolFigures;
import io.vikhry.orchestrator.run.Refusal;
import io.vikhry.orchestrator.run.Run;
import io.vikhry.runtime.scenario.ScenarioDescription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the API can do with pools and their items. Changes are made by the orchestrator that leads, and by no other. */
final class Stock {
    private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9_.:-]{1,128}");
    private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,17}");
    private static final int PAGE = 100;
    private static final int REASON = 500;
    private static final String WATCH = "/api/v1/resources/";

    private final Cluster cluster;
    private final Pools pools;
    private final Conductor conductor;
    private final CurrentScenario scenario;

    Stock(Cluster cluster, Conductor conductor, CurrentScenario scenario) {
        this.cluster = cluster;
        this.pools = cluster.pools();
        this.conductor = conductor;
        this.scenario = scenario;
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
        return new Items(pool, page.items().stream().map(Stock::item).toList(), page.next());
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

    /** Orders items of a pool, or adds items whose values are given. */
    Object create(byte[] bytes) {
        leading();
        Body body = Body.of(bytes, "pool", "count", "params", "items");
        String pool = name(body.text("pool", 128));
        if (body.has("items")) {
            if (body.has("count")) {
                throw body.without("count", "has no meaning beside items");
            }
            List<String> values = body.values("items");
            room(pool, values.size());
            cluster.orders().put(pool, values);
            return answer(pool, "added", values.size());
        }
        int count = body.wholeNumber("count", 1, Orders.MAX_ITEMS);
        Recipe recipe = recipe(pool, body);
        room(pool, count);
        if (!cluster.orders().create(conductor.lease(), pool, count, recipe)) {
            throw notLeading();
        }
        callWorkers(pool);
        return answer(pool, "ordered", count);
    }

    /** Orders what a pool lacks. */
    Object ensure(Context ctx, byte[] bytes) {
        leading();
        Body body = Body.of(bytes, "count", "params");
        String pool = name(ctx);
        int count = body.wholeNumber("count", 0, Orders.MAX_ITEMS);
        int ordered =
                cluster.orders().ensure(conductor.lease(), Orders.Customer.PERSON, pool, count, recipe(pool, body));
        if (ordered < 0) {
            throw notLeading();
        }
        callWorkers(pool);
        return answer(pool, "ordered", ordered);
    }

    /** Makes all items of a pool available. */
    Object reset(Context ctx, byte[] bytes) {
        leading();
        Body body = Body.of(bytes.length == 0 ? new byte[] {'{', '}'} : bytes, "force");
        String pool = name(ctx);
        Removal done = pools.reset(pool, body.flag("force"));
        if (done == Removal.HELD) {
            throw new Refusal(
                    Refusal.Code.INVALID_STATE,
                    "A run is on, and its users would work with items that others are given; stop it first, or force it.",
                    Map.of("state", conductor.state().state().name()));
        }
        return done(pool, done, "");
    }

    /** Takes an item out of use. */
    Object quarantine(Context ctx, byte[] bytes) {
        leading();
        Body body = Body.of(bytes, "reason");
        String reason = body.text("reason", REASON);
        boolean found = pools.quarantine(name(ctx), id(ctx), reason);
        return done(name(ctx), found ? Removal.DONE : Removal.NONE, id(ctx));
    }

    /** Takes a quarantined item into use again. */
    Object restore(Context ctx) {
        leading();
        boolean found = pools.restore(name(ctx), id(ctx));
        if (!found) {
            throw new Refusal(
                    Refusal.Code.NOT_FOUND, "Pool " + name(ctx) + " has no quarantined item " + id(ctx) + ".");
        }
        return answer(name(ctx), "id", id(ctx));
    }

    /** Deletes a pool. */
    Object delete(Context ctx) {
        leading();
        boolean force = Query.of(ctx, "force").flag("force");
        return done(name(ctx), held(pools.delete(name(ctx), force), "pool " + name(ctx) + " has leased items"), "");
    }

    /** Deletes an item. */
    Object drop(Context ctx) {
        leading();
        boolean force = Query.of(ctx, "force").flag("force");
        Removal done = pools.drop(name(ctx), id(ctx), force);
        return done(name(ctx), held(done, "item " + id(ctx) + " of pool " + name(ctx) + " is leased"), id(ctx));
    }

    private static Removal held(Removal done, String what) {
        if (done == Removal.HELD) {
            throw new Refusal(
                    Refusal.Code.INVALID_STATE,
                    "The " + what + "; stop the run first, or force it and let its users work on with what is gone.");
        }
        return done;
    }

    private static Object done(String pool, Removal done, String id) {
        if (done == Removal.NONE) {
            throw new Refusal(
                    Refusal.Code.NOT_FOUND,
                    id.isEmpty() ? "There is no pool " + pool + "." : "Pool " + pool + " has no item " + id + ".");
        }
        return id.isEmpty() ? answer(pool, "pool", pool) : answer(pool, "id", id);
    }

    private static Map<String, Object> answer(String pool, String key, Object value) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("pool", pool);
        answer.put(key, value);
        answer.put("watch", WATCH + pool);
        return answer;
    }

    /** The scenario's factory, with the parameters that are given, or those of the run under way or before. */
    private Recipe recipe(String pool, Body body) {
        ScenarioDescription described = scenario.describe()
                .orElseThrow(() -> new Refusal(
                        Refusal.Code.NO_SCENARIO,
                        "No scenario is announced, so nobody can make items; start the orchestrator with one."));
        List<String> made = described.resources().stream()
                .map(ScenarioDescription.Resource::pool)
                .toList();
        if (!made.contains(pool)) {
            throw new Refusal(
                    Refusal.Code.NOT_FOUND,
                    "Scenario " + described.name() + " has no factory for pool " + pool + "; it makes "
                            + (made.isEmpty() ? "none" : String.join(", ", made)) + ".",
                    Map.of("pool", pool));
        }
        if (conductor.roster().workers().stream().noneMatch(WorkerView::alive)) {
            throw new Refusal(
                    Refusal.Code.NO_WORKERS,
                    "No worker is in cluster " + cluster.name() + " to make items; start one: vikhry worker start");
        }
        Run last = conductor.run().orElse(null);
        boolean same = last != null && last.head.plan().bundleDigest().equals(described.digest());
        return !body.has("params") && last != null && same
                ? last.head.plan().recipe()
                : new Recipe(described.digest(), scenario.params(body.texts("params")));
    }

    private void room(String pool, int more) {
        long there = pools.counts(pool)
                .map(counts -> counts.created() + counts.pending())
                .orElse(0L);
        if (there + more > Orders.MAX_ITEMS) {
            throw new Refusal(
                    Refusal.Code.INVALID_VALUE,
                    "Pool " + pool + " has " + there + " items; with " + more + " more it would exceed "
                            + Orders.MAX_ITEMS + ".",
                    Map.of("field", "count"));
        }
    }

    private void callWorkers(String pool) {
        cluster.commands()
                .lookAgain(
                        conductor.roster().workers().stream()
                                .filter(WorkerView::alive)
                                .map(worker -> worker.status().workerId())
                                .toList(),
                        "make items of " + pool);
    }

    private void leading() {
        if (!conductor.leading()) {
            throw notLeading();
        }
    }

    private static Refusal notLeading() {
        return new Refusal(
                Refusal.Code.NOT_LEADER, "This orchestrator does not lead the cluster; ask the one that does.");
    }

    private PoolCounts known(String pool) {
        return pools.counts(pool)
                .orElseThrow(() ->
                        new Refusal(Refusal.Code.NOT_FOUND, "There is no pool " + pool + ".", Map.of("pool", pool)));
    }

    private static String name(Context ctx) {
        return name(ctx.pathParam("pool"));
    }

    private static String name(String pool) {
        if (!NAME.matcher(pool).matches()) {
            throw new Refusal(
                    Refusal.Code.INVALID_VALUE,
                    "\"" + (pool.length() <= 60 ? pool : pool.substring(0, 57) + "...")
                            + "\" is no name for a pool: use 1 to 128 letters, digits and _ . : -",
                    Map.of("field", "pool"));
        }
        return pool;
    }

    private static String id(Context ctx) {
        String id = ctx.pathParam("id");
        if (!ID.matcher(id).matches()) {
            throw new Refusal(
                    Refusal.Code.NOT_FOUND, "Pool " + name(ctx) + " has no such item; ids are whole numbers from 1.");
        }
        return id;
    }
}
