package io.vikhry.orchestrator.http;

import io.javalin.http.Context;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.Orders;
import io.vikhry.cluster.Pools;
import io.vikhry.cluster.Recipe;
import io.vikhry.cluster.Removal;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.WorkerView;
import io.vikhry.orchestrator.run.Conductor;
import io.vikhry.orchestrator.run.CurrentScenario;
import io.vikhry.orchestrator.run.Refusal;
import io.vikhry.orchestrator.run.RunHead;
import io.vikhry.runtime.scenario.ScenarioDescription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the API can do with pools and their items. It is done by the orchestrator that leads, and by no other. */
final class Stock {
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

    /** Orders items of a pool, or adds items whose values are given. */
    Object create(byte[] bytes) {
        leading();
        Body body = Body.of(bytes, "pool", "count", "params", "items");
        String pool = Inventory.name(body.text("pool", 128));
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
        String pool = Inventory.name(ctx);
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
        String pool = Inventory.name(ctx);
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
        boolean found = pools.quarantine(Inventory.name(ctx), Inventory.id(ctx), reason);
        return done(Inventory.name(ctx), found ? Removal.DONE : Removal.NONE, Inventory.id(ctx));
    }

    /** Takes a quarantined item into use again. */
    Object restore(Context ctx) {
        leading();
        boolean found = pools.restore(Inventory.name(ctx), Inventory.id(ctx));
        if (!found) {
            throw new Refusal(
                    Refusal.Code.NOT_FOUND,
                    "Pool " + Inventory.name(ctx) + " has no quarantined item " + Inventory.id(ctx) + ".");
        }
        return answer(Inventory.name(ctx), "id", Inventory.id(ctx));
    }

    /** Deletes a pool. */
    Object delete(Context ctx) {
        leading();
        boolean force = Query.of(ctx, "force").flag("force");
        return done(
                Inventory.name(ctx),
                held(pools.delete(Inventory.name(ctx), force), "pool " + Inventory.name(ctx) + " has leased items"),
                "");
    }

    /** Deletes an item. */
    Object drop(Context ctx) {
        leading();
        boolean force = Query.of(ctx, "force").flag("force");
        Removal done = pools.drop(Inventory.name(ctx), Inventory.id(ctx), force);
        return done(
                Inventory.name(ctx),
                held(done, "item " + Inventory.id(ctx) + " of pool " + Inventory.name(ctx) + " is leased"),
                Inventory.id(ctx));
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
        RunPlan last = conductor.head().map(RunHead::plan).orElse(null);
        boolean same = last != null && last.bundleDigest().equals(described.digest());
        return !body.has("params") && last != null && same
                ? last.recipe()
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
}
