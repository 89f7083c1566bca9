package io.vikhry.orchestrator.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterState;
import io.vikhry.cluster.ClusterState.State;
import io.vikhry.cluster.LeaderLease;
import io.vikhry.cluster.Orders;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerView;
import io.vikhry.runtime.scenario.ScenarioDescription;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done on each way of the {@link Lifecycle}: begins runs, moves them on, ends them. Only the {@link Conductor}'s thread
 * calls it, but for what is said to be for any thread.
 */
public final class Direction {
    private static final Logger LOG = LoggerFactory.getLogger(Direction.class);
    private static final long PREPARE_MILLIS = 60_000;
    /** From the assignment to the first user: time for it to reach every worker. */
    static final long HEAD_START_MILLIS = 200;
    /** Where all users are one worker's, they have nobody to wait for; arrivals would wait for users to be made. */
    private static final long ALONE_MILLIS = 20;

    private final Cluster cluster;
    private final RunStore store;
    private final CurrentScenario scenario;
    private final Reins reins;
    private final Tenure tenure;
    private final Staffing staffing;
    private final Brake brake;
    private final Ending ending;
    private final Forsaken forsaken;

    /** Directs the runs of a cluster; {@code environment} describes where they ran, for the report. */
    public Direction(Cluster cluster, RunStore store, CurrentScenario scenario, Supplier<ObjectNode> environment) {
        this.cluster = cluster;
        this.store = store;
        this.scenario = scenario;
        this.reins = new Reins(cluster);
        Presence presence = new Presence(System::nanoTime);
        Succession succession = new Succession(cluster, store);
        this.tenure = new Tenure(cluster, scenario, reins, presence, succession, Direction::read);
        this.staffing = new Staffing(cluster, reins, presence);
        this.brake = new Brake(cluster, reins, tenure);
        this.ending = new Ending(cluster, presence, environment);
        this.forsaken = new Forsaken(succession, ending, Direction::read, System::nanoTime);
    }

    private static void read(Runnable reading) {
        Thread.ofPlatform().daemon().name("vikhry-reading").start(reading);
    }

    /** What the cluster does; for any thread. */
    ClusterState state() {
        return reins.state();
    }

    /** The lease under which it leads, or a refusal that names who does; for any thread. */
    LeaderLease lease() {
        return reins.lease();
    }

    /** What this orchestrator leads. */
    Tenure tenure() {
        return tenure;
    }

    Run start(StartRequest request) {
        LeaderLease lease = reins.lease();
        Lifecycle.asked(state().state(), Lifecycle.Event.START);
        Map<String, String> params = scenario.params(request.params());
        ScenarioDescription described = scenario.describe().orElseThrow();
        if (tenure.roster().live().isEmpty()) {
            throw new Refusal(
                    Refusal.Code.NO_WORKERS,
                    "No worker is in cluster " + cluster.name() + "; start one: vikhry worker start");
        }
        StartRequest.Open open = request.open();
        Caps.requireWithin(request.safety(), open == null ? request.users() : open.maxUsers());
        RunHead head = RunHead.of(
                request,
                described,
                params,
                state().epoch() + 1,
                Caps.dealt(request.safety(), tenure.roster()),
                cluster.clock().nowMillis());
        RunPlan plan = head.plan();
        Run begun = new Run(head, store.create(head));
        try {
            reins.note(begun);
            reins.begin(plan);
        } catch (Refusal e) {
            begun.folder.discard();
            throw e;
        }
        tenure.begin(begun);
        reins.lookAgain("prepare " + plan.runId());
        LOG.info(
                "Run {} of {} for {} is PREPARING (leader's token {})",
                plan.runId(),
                described.name(),
                begun.load.text(),
                lease.token());
        return begun;
    }

    Run changeUsers(int users, Duration ramp) {
        Run current = toChange(RunPlan.LoadModel.USERS);
        Caps.requireWithin(current.head.plan().safety(), users);
        order(current, users);
        current.shares.grow(users, staffing.able(current, tenure.roster()));
        current.load.targetUsers = users;
        change(current, users, ramp);
        return current;
    }

    Run changeRate(double rate, Duration ramp) {
        Run current = toChange(RunPlan.LoadModel.RATE);
        current.load.targetRate = rate;
        change(current, rate, ramp);
        return current;
    }

    private Run toChange(RunPlan.LoadModel model) {
        reins.lease();
        Lifecycle.asked(state().state(), Lifecycle.Event.CHANGE_LOAD);
        Run current = current();
        if (current.stop != null) {
            // It is decided, and not yet told to Redis.
            Lifecycle.asked(State.STOPPING, Lifecycle.Event.CHANGE_LOAD);
        }
        if (current.head.plan().model() != model) {
            throw new Refusal(
                    Refusal.Code.INVALID_STATE,
                    model == RunPlan.LoadModel.USERS
                            ? "The run was started with a rate: change that, or start a run with users."
                            : "The run was started with users: change those, or start a run with a rate.",
                    Map.of("model", current.model()));
        }
        return current;
    }

    private void change(Run current, double target, Duration ramp) {
        long at = cluster.clock().nowMillis() + HEAD_START_MILLIS - current.load.t0Millis;
        current.load.add(at, target, ramp.toMillis());
        reins.assign(current);
        LOG.info("Run {} goes to {}", current.id(), current.load.text());
    }

    /** Ends the run because it was asked for; users have as long as {@code drain} for their current step. */
    Run stop(Duration drain) {
        reins.lease();
        Lifecycle.asked(state().state(), Lifecycle.Event.STOP);
        Run current = current();
        brake.stop(current, StopReason.REQUESTED, drain);
        return current;
    }

    /** Looks what is to be done next, and does it. */
    void proceed() {
        Run current = tenure.run();
        if (tenure.taken()) {
            forsaken.look(state(), tenure.roster(), current, reins.lease());
        }
        if (current == null) {
            return;
        }
        tenure.roster().live().stream()
                .map(WorkerView::status)
                .filter(s -> current.id().equals(s.runId()))
                .forEach(s -> hear(current, s));
        brake.look(current);
        if (current.deal.published < current.deal.version && state().state() != State.IDLE) {
            reins.publish(current);
        }
        switch (state().state()) {
            case PREPARING -> prepare(current);
            case RUNNING -> keepRunning(current);
            case STOPPING -> {
                if (ending.due(current, tenure.reader(), state().sinceMillis())) {
                    end(current);
                }
            }
            case IDLE -> ending.writeLate(current);
        }
    }

    private static void hear(Run current, WorkerStatus status) {
        current.statuses.put(status.workerId(), status);
    }

    private void prepare(Run current) {
        RunPlan plan = current.head.plan();
        if (tenure.reader() == null) {
            cluster.pools().reclaim(reins.lease());
            plan.resources()
                    .forEach((pool, count) ->
                            cluster.orders().ensure(reins.lease(), Orders.Customer.RUN, pool, count, plan.recipe()));
            tenure.read(current);
            if (!plan.resources().isEmpty()) {
                reins.lookAgain("make resources for " + plan.runId());
                return;
            }
        }
        Preparation preparation = Preparation.of(plan, tenure.roster(), cluster.pools());
        long now = cluster.clock().nowMillis();
        if (!preparation.progress().equals(current.prepare)) {
            current.prepare = preparation.progress();
            current.progressedAt = now;
        }
        long waited = now - Math.max(current.head.createdAt(), current.progressedAt);
        if (preparation.failure().isPresent()) {
            brake.fail(current, preparation.failure().get());
        } else if (preparation.complete()) {
            reins.move(Lifecycle.Event.PREPARED);
            beginLoad(current);
        } else if (waited > PREPARE_MILLIS) {
            brake.fail(current, "not ready, and nothing has come of it for 60 s: " + preparation.lacking());
        }
    }

    private void order(Run current, int items) {
        RunPlan plan = current.head.plan();
        plan.resources()
                .keySet()
                .forEach(pool ->
                        cluster.orders().ensure(reins.lease(), Orders.Customer.RUN, pool, items, plan.recipe()));
    }

    private void beginLoad(Run current) {
        current.shares.grow(current.load.mostUsers(), staffing.able(current, tenure.roster()));
        boolean alone =
                current.shares.fences().size() == 1 && current.head.plan().open() == null;
        long t0 = cluster.clock().nowMillis() + (alone ? ALONE_MILLIS : HEAD_START_MILLIS);
        current.begin(t0, current.load.first());
        current.deal.settleCap(this::hasLetGo, t0);
        reins.assign(current);
        LOG.info(
                "Run {} is RUNNING on {} workers",
                current.id(),
                current.shares.fences().size());
    }

    private void keepRunning(Run current) {
        if (current.deal.version == 0) {
            // The leader before got as far as RUNNING.
            beginLoad(current);
            return;
        }
        Long end = current.endsAtOrNull();
        if (end != null && cluster.clock().nowMillis() >= end) {
            brake.end(current);
            return;
        }
        boolean moved = staffing.adjust(current, tenure.roster());
        if (moved) {
            current.deal.sinceMillis = cluster.clock().nowMillis() + HEAD_START_MILLIS;
        }
        if (current.deal.settleCap(this::hasLetGo, cluster.clock().nowMillis()) || moved) {
            reins.assign(current);
        }
        if (current.wantMoreItems()) {
            order(current, current.itemsWanted());
            reins.lookAgain("make resources for " + current.id());
        }
        staffing.deserted().ifPresent(why -> brake.fail(current, why));
    }

    private boolean hasLetGo(String workerId, long version) {
        return staffing.follows(current(), tenure.roster(), workerId, version);
    }

    private void end(Run current) {
        // Nothing is written by one who does not lead any more.
        reins.note(current);
        ending.finish(current, tenure.endReading()).ifPresent(tenure::failed);
        reins.move(Lifecycle.Event.ENDED);
    }

    private Run current() {
        Run current = tenure.run();
        if (current == null) {
            throw new IllegalStateException("no run in state " + state().state());
        }
        return current;
    }
}
