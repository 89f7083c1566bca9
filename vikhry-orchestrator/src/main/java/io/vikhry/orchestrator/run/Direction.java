package io.vikhry.orchestrator.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterState;
import io.vikhry.cluster.ClusterState.State;
import io.vikhry.cluster.LeaderLease;
import io.vikhry.cluster.LoadStage;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.Transition;
import io.vikhry.cluster.WorkerView;
import io.vikhry.runtime.scenario.ScenarioDescription;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done on each way of the {@link Lifecycle}: begins runs, moves them on, ends them. Only the {@link Conductor}'s thread
 * calls it, but for what is said to be for any thread.
 */
public final class Direction {
    private static final Logger LOG = LoggerFactory.getLogger(Direction.class);
    private static final long PREPARE_MILLIS = 60_000;
    private static final long DEAD_CLUSTER_MILLIS = 60_000;
    /** From the assignment to the first user: time for it to reach every worker. */
    private static final long HEAD_START_MILLIS = 200;
    /** How much longer than the drain limit workers may take to send their last batch. */
    private static final long LAST_BATCH_MILLIS = 5_000;

    private static final Duration DEFAULT_DRAIN = Duration.ofSeconds(10);

    private final Cluster cluster;
    private final RunStore store;
    private final CurrentScenario scenario;
    private final Supplier<ObjectNode> environment;
    private volatile ClusterState state = ClusterState.NEW;
    private volatile @Nullable Run run;
    private volatile @Nullable String lastError;
    private volatile @Nullable String failing;
    private volatile @Nullable LeaderLease lease;
    private final Presence presence = new Presence(System::nanoTime);
    private Roster roster = Roster.EMPTY;
    private @Nullable Stop wanted;
    /** Whether a move was sent whose outcome is unknown; it is sent again. */
    private boolean unsure;

    private @Nullable Collector collector;
    private long aloneSince;

    /** Directs the runs of a cluster; {@code environment} describes where they ran, for the report. */
    public Direction(Cluster cluster, RunStore store, CurrentScenario scenario, Supplier<ObjectNode> environment) {
        this.cluster = cluster;
        this.store = store;
        this.scenario = scenario;
        this.environment = environment;
    }

    /** What the cluster does; for any thread. */
    ClusterState state() {
        return state;
    }

    /** The run under way, or the last one; for any thread. */
    @Nullable Run run() {
        return run;
    }

    /** Why the last start failed; for any thread. */
    @Nullable String lastError() {
        return lastError;
    }

    /** Lets the run under way fail at the next look; for any thread. */
    void failSoon(String why) {
        failing = why;
    }

    Run start(StartRequest request) {
        lease();
        Lifecycle.asked(state.state(), Lifecycle.Event.START);
        Map<String, String> params = scenario.params(request.params());
        ScenarioDescription described = scenario.describe().orElseThrow();
        if (roster.live().isEmpty()) {
            throw new Refusal(
                    Refusal.Code.NO_WORKERS,
                    "No worker is in cluster " + cluster.name() + "; start one: vikhry worker start");
        }
        long now = cluster.clock().nowMillis();
        Map<String, Integer> items = new HashMap<>();
        StartRequest.Open open = request.open();
        described.resources().forEach(resource -> items.put(resource.pool(), request.users()));
        Long seed = request.seed();
        RunPlan plan = new RunPlan(
                RunId.at(now, ThreadLocalRandom.current()),
                state.epoch() + 1,
                described.digest(),
                described.className(),
                params,
                open == null ? RunPlan.LoadModel.USERS : RunPlan.LoadModel.RATE,
                seed == null ? ThreadLocalRandom.current().nextLong(1L << 53) : seed,
                items,
                open == null ? null : new RunPlan.Open(open.arrivals(), request.users(), open.maxUsers()));
        Duration duration = request.duration();
        RunHead head = new RunHead(
                plan,
                described.name(),
                described.source(),
                request.users(),
                open == null ? 0 : open.rate(),
                request.ramp().toMillis() / 1000.0,
                duration == null ? null : duration.toMillis() / 1000.0,
                now);
        commit(cluster.lifecycle().begin(lease(), plan));
        run = null;
        lastError = null;
        failing = null;
        wanted = null;
        Run begun = new Run(head, store.create(head));
        run = begun;
        lookAgain("prepare " + plan.runId());
        LOG.info("Run {} of {} for {} is PREPARING", plan.runId(), described.name(), begun.loadText());
        return begun;
    }

    Run changeUsers(int users, Duration ramp) {
        Run current = toChange(RunPlan.LoadModel.USERS);
        current.head.plan().resources().keySet().forEach(pool -> cluster.pools().ensure(pool, users));
        current.shares.grow(users, roster.able(current.head.plan().bundleDigest()));
        current.targetUsers = users;
        change(current, users, ramp);
        return current;
    }

    Run changeRate(double rate, Duration ramp) {
        Run current = toChange(RunPlan.LoadModel.RATE);
        current.targetRate = rate;
        change(current, rate, ramp);
        return current;
    }

    private Run toChange(RunPlan.LoadModel model) {
        lease();
        Lifecycle.asked(state.state(), Lifecycle.Event.CHANGE_LOAD);
        Run current = current();
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
        List<LoadStage> stages = new ArrayList<>(current.stages);
        long at = cluster.clock().nowMillis() + HEAD_START_MILLIS - current.t0Millis;
        stages.add(new LoadStage(Math.max(at, stages.getLast().atMillis()), target, ramp.toMillis()));
        current.stages = List.copyOf(stages);
        assign(current);
        LOG.info("Run {} goes to {}", current.id(), current.loadText());
    }

    Run stop(StopReason reason, Duration drain) {
        lease();
        Lifecycle.Event event = switch (reason) {
            case REQUESTED -> Lifecycle.Event.STOP;
            case DURATION -> Lifecycle.Event.DURATION;
            case FAILED, ABORTED -> Lifecycle.Event.FAILED;
        };
        Lifecycle.asked(state.state(), event);
        Run current = current();
        wanted = new Stop(reason, drain);
        move(event);
        wanted = null;
        beginStopping(current, reason, drain);
        return current;
    }

    /** Looks what is to be done next, and does it. */
    void proceed() {
        Run current = run;
        if (current == null) {
            return;
        }
        roster.live().stream()
                .map(WorkerView::status)
                .filter(s -> current.id().equals(s.runId()))
                .forEach(s -> {
                    current.statuses.put(s.workerId(), s);
                    current.condition.note(s);
                });
        String why = failing;
        Stop stop = wanted;
        if (state.state() == State.PREPARING || state.state() == State.RUNNING) {
            if (stop != null) {
                stop(stop.reason, stop.drain);
            } else if (why != null) {
                fail(current, why);
            } else {
                abortIfAsked(current);
            }
        }
        if (current.published < current.version) {
            publish(current);
        }
        switch (state.state()) {
            case PREPARING -> prepare(current);
            case RUNNING -> keepRunning(current);
            case STOPPING -> awaitEnd(current);
            case IDLE -> {
                // Nothing runs.
            }
        }
    }

    private void prepare(Run current) {
        RunPlan plan = current.head.plan();
        if (collector == null) {
            cluster.pools().reclaim(lease(), plan.runId());
            plan.resources().forEach((pool, count) -> cluster.pools().ensure(pool, count));
            collector = Collector.start(cluster, this::lease, current, this::failSoon);
            lookAgain("make resources for " + plan.runId());
            return;
        }
        Preparation preparation = Preparation.of(plan, roster, cluster.pools());
        current.prepare = preparation.progress();
        long waited = cluster.clock().nowMillis() - current.head.createdAt();
        if (preparation.failure().isPresent()) {
            fail(current, preparation.failure().get());
        } else if (preparation.complete()) {
            beginLoad(current);
        } else if (waited > PREPARE_MILLIS) {
            fail(current, "not ready within 60 s: " + preparation.lacking());
        }
    }

    private void beginLoad(Run current) {
        move(Lifecycle.Event.PREPARED);
        current.shares.grow(current.mostUsers(), roster.able(current.head.plan().bundleDigest()));
        current.t0Millis = cluster.clock().nowMillis() + HEAD_START_MILLIS;
        current.stages = List.of(new LoadStage(0, current.target(), Math.round(current.head.rampSeconds() * 1000)));
        current.numbers.start(current.t0Millis);
        assign(current);
        aloneSince = 0;
        LOG.info(
                "Run {} is RUNNING on {} workers",
                current.id(),
                current.shares.fences().size());
    }

    private void keepRunning(Run current) {
        long now = cluster.clock().nowMillis();
        Long end = current.endsAtOrNull();
        if (end != null && now >= end) {
            stop(StopReason.DURATION, DEFAULT_DRAIN);
            return;
        }
        List<Shares.Holder> able = roster.able(current.head.plan().bundleDigest());
        boolean changed = false;
        for (Map.Entry<String, Long> holder : current.shares.fences().entrySet()) {
            if (presence.gone(holder.getKey(), holder.getValue())) {
                LOG.warn("Worker {} is gone; others take over its users", holder.getKey());
                current.lose(holder.getKey(), now);
                current.shares.lose(holder.getKey(), able);
                changed = true;
            }
        }
        if (current.shares.orphans() > 0 && !able.isEmpty()) {
            current.shares.grow(current.shares.size(), able);
            changed = true;
        }
        if (changed) {
            cluster.pools().reclaim(lease(), current.id());
            assign(current);
        }
        if (current.wantMoreItems()) {
            current.head
                    .plan()
                    .resources()
                    .keySet()
                    .forEach(pool -> cluster.pools().ensure(pool, current.itemsWanted()));
            lookAgain("make resources for " + current.id());
        }
        if (!current.shares.fences().isEmpty()) {
            aloneSince = 0;
        } else if (aloneSince == 0) {
            aloneSince = now;
        } else if (now - aloneSince > DEAD_CLUSTER_MILLIS) {
            fail(current, "all workers have been gone for 60 s");
        }
    }

    private void awaitEnd(Run current) {
        long now = cluster.clock().nowMillis();
        boolean out = current.shares.fences().entrySet().stream()
                .allMatch(h -> presence.gone(h.getKey(), h.getValue())
                        || current.numbers.finishedWorkers().contains(h.getKey()));
        long bound = current.stoppingSince + current.drainMillis + LAST_BATCH_MILLIS;
        if (out || now >= bound) {
            current.shares.fences().keySet().stream()
                    .filter(id -> !current.numbers.finishedWorkers().contains(id))
                    .forEach(id -> current.lose(id, now));
            end(current);
        }
    }

    private void end(Run current) {
        Collector reading = collector;
        try {
            if (reading != null && !reading.finish(Duration.ofSeconds(3))) {
                LOG.warn("Run {} ends before all of its batches were read", current.id());
                reading.abort();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        collector = null;
        // The report first: whoever sees IDLE finds it.
        if (current.endedAtOrNull() == null) {
            ObjectNode where = environment.get();
            try {
                current.finish(where);
            } catch (UncheckedIOException e) {
                LOG.error("Run {} has no report", current.id(), e);
                lastError = String.valueOf(e.getMessage());
            }
        }
        move(Lifecycle.Event.ENDED);
    }

    /** A scenario may end its run: the first worker that says so is believed. */
    private void abortIfAsked(Run current) {
        current.statuses.values().stream()
                .filter(s -> s.abort() != null)
                .findFirst()
                .ifPresent(s -> {
                    String why = s.abort() + " (on " + s.workerId() + ")";
                    LOG.warn("Run {} is aborted by its scenario: {}", current.id(), why);
                    current.error = why;
                    stop(StopReason.ABORTED, DEFAULT_DRAIN);
                });
    }

    private void fail(Run current, String why) {
        LOG.warn("Run {} fails: {}", current.id(), why);
        lastError = why;
        current.error = why;
        stop(StopReason.FAILED, DEFAULT_DRAIN);
    }

    private void beginStopping(Run current, StopReason reason, Duration drain) {
        current.stopReason = reason;
        current.drainMillis = drain.toMillis();
        current.stoppingSince = cluster.clock().nowMillis();
        LOG.info("Run {} is STOPPING ({})", current.id(), reason.text());
        if (current.version > 0) {
            assign(current);
        } else {
            lookAgain("stop " + current.id());
        }
    }

    private void assign(Run current) {
        current.version++;
        publish(current);
    }

    /** Gives the newest assignment to the cluster; if that fails, it is done again at the next look. */
    private void publish(Run current) {
        Assignment.Phase phase = current.stoppingSince > 0 ? Assignment.Phase.DRAIN : Assignment.Phase.RUN;
        Transition done = cluster.plans().assign(lease(), current.assignment(phase));
        boolean there =
                done.result() == Transition.Result.STALE_VERSION && done.state().version() == current.version;
        if (!there) {
            commit(done);
        }
        current.published = current.version;
        lookAgain("version " + current.version + " of " + current.id());
    }

    private void lookAgain(String reason) {
        cluster.commands()
                .lookAgain(
                        roster.live().stream().map(w -> w.status().workerId()).toList(), reason);
    }

    /** Sees workers and pools as they are now, and whether the cluster is still as it was left here. */
    void look(Roster now) {
        roster = now;
        presence.see(now);
        scenario.look();
        ClusterState seen = cluster.lifecycle().state();
        if (lease == null) {
            state = seen;
        } else if (!unsure) {
            Run current = run;
            boolean same = seen.epoch() == state.epoch() && seen.state() == state.state();
            boolean known = seen.state() == State.IDLE
                    || (current != null && current.id().equals(seen.runId()));
            if (seen.epoch() < state.epoch() && state.state() != State.IDLE) {
                restore();
            } else if (!same || !known) {
                takeOver();
            }
        }
    }

    /** Leads from now on, or again after another lease was lost. */
    void lead(LeaderLease fresh) {
        boolean again = lease != null;
        lease = fresh;
        if (!again) {
            takeOver();
        }
    }

    /** Stops leading: what is under way is another's. */
    void abandon() {
        close();
        lease = null;
        run = null;
    }

    /** Stops reading; a run under way is left as it is. */
    void close() {
        Collector reading = collector;
        collector = null;
        if (reading != null) {
            reading.abort();
            try {
                reading.finish(Duration.ofSeconds(3));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            current().folder.close();
        }
    }

    /** Takes the cluster as its last leader left it: a run under way is ended, for nobody has watched over it. */
    private void takeOver() {
        close();
        state = cluster.lifecycle().state();
        String runId = state.runId();
        if (runId == null) {
            return;
        }
        if (state.state() == State.IDLE) {
            run = store.reopen(runId).map(Run::past).orElse(null);
            return;
        }
        if (state.state() == State.STOPPING && store.report(runId).isPresent()) {
            // The last leader had written the report, and not yet said that the run has ended.
            move(Lifecycle.Event.ENDED);
            run = store.reopen(runId).map(Run::past).orElse(null);
            return;
        }
        Run found = Run.takenOver(cluster, store, runId);
        run = found;
        String why = "the orchestrator was started again while the run was " + state.state();
        lastError = why;
        found.error = why;
        LOG.warn("Run {} is ended: {}", runId, why);
        collector = Collector.start(cluster, this::lease, found, this::failSoon);
        if (state.state() != State.STOPPING) {
            move(Lifecycle.Event.TAKE_OVER);
        }
        beginStopping(found, StopReason.FAILED, DEFAULT_DRAIN);
    }

    /** Redis has lost its data: says again what runs, so that workers go on where they were. */
    private void restore() {
        Run current = current();
        LOG.warn("Redis has lost the state of run {}; it is written again", current.id());
        scenario.announceAgain();
        Assignment.Phase phase = state.state() == State.STOPPING ? Assignment.Phase.DRAIN : Assignment.Phase.RUN;
        commit(cluster.lifecycle()
                .restore(
                        lease(),
                        state,
                        current.head.plan(),
                        current.version == 0 ? Optional.empty() : Optional.of(current.assignment(phase))));
        current.head.plan().resources().keySet().forEach(pool -> cluster.pools().ensure(pool, current.itemsWanted()));
        lookAgain("restored " + current.id());
    }

    private Run current() {
        Run current = run;
        if (current == null) {
            throw new IllegalStateException("no run in state " + state.state());
        }
        return current;
    }

    private LeaderLease lease() {
        LeaderLease held = lease;
        if (held == null) {
            throw new Refusal(
                    Refusal.Code.NOT_LEADER,
                    cluster.leader()
                            .current()
                            .map(holder -> "Cluster " + cluster.name() + " is led by " + holder.name()
                                    + "; ask that orchestrator, or try again.")
                            .orElse("This orchestrator does not lead the cluster yet; try again."));
        }
        return held;
    }

    private void move(Lifecycle.Event event) {
        State next = Lifecycle.asked(state.state(), event);
        unsure = true;
        Transition moved = cluster.lifecycle().move(lease(), state.epoch(), state.state(), next);
        unsure = false;
        commit(moved);
    }

    private void commit(Transition transition) {
        if (!transition.done()) {
            State is = transition.state().state();
            throw transition.result() == Transition.Result.NOT_LEADER
                    ? new Refusal(Refusal.Code.NOT_LEADER, "Another orchestrator leads the cluster now; try again.")
                    : new Refusal(
                            Refusal.Code.INVALID_STATE,
                            "The cluster has changed meanwhile and is " + is + "; try again.",
                            Map.of("state", is.name()));
        }
        state = transition.state();
    }

    private record Stop(StopReason reason, Duration drain) {}
}
