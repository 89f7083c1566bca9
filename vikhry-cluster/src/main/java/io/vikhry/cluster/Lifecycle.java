package io.vikhry.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The cluster's state machine: each transition is one atomic step in Redis, guarded by state, epoch and the leader's token. */
public final class Lifecycle {
    /** How long a run's keys live on after its end, in ms. */
    public static final long KEEP_RUN_MILLIS = 3_600_000;

    private final Redis redis;
    private final Keys keys;

    Lifecycle(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    /** The state as one consistent record. */
    public ClusterState state() {
        return redis.eval(Script.STATE, new String[] {keys.state()}).state(1);
    }

    /**
     * IDLE to PREPARING: writes {@code plan} and makes its run the current one. The plan's epoch must be the current one plus 1,
     * so of two starts that read the same state only one succeeds. Repeating it with the same plan changes nothing and is done.
     */
    public Transition begin(LeaderLease leader, RunPlan plan) {
        Names.check("run", plan.runId());
        return redis.eval(
                        Script.BEGIN,
                        new String[] {keys.state(), keys.leader(), keys.plan(plan.runId()), keys.course(plan.runId())},
                        leader.token(),
                        plan.epoch(),
                        plan.runId(),
                        Json.write(plan))
                .transition();
    }

    /**
     * From one state to the next in the run of {@code epoch}; repeating it changes nothing and is done. The way to IDLE gives
     * the run's keys one hour to live.
     *
     * @throws IllegalArgumentException if there is no such way, or {@code from} is IDLE
     */
    public Transition move(LeaderLease leader, long epoch, ClusterState.State from, ClusterState.State to) {
        if (!from.leadsTo(to) || from == ClusterState.State.IDLE) {
            throw new IllegalArgumentException("no way from " + from + " to " + to);
        }
        return redis.eval(
                        Script.MOVE,
                        new String[] {keys.state(), keys.leader()},
                        leader.token(),
                        epoch,
                        from,
                        to,
                        keys.runs(),
                        KEEP_RUN_MILLIS)
                .transition();
    }

    /**
     * Writes state, plan and assignment again after Redis has lost them or has come back with older ones; refused if what is
     * there is newer. Epoch and version stay those given, so that workers go on where they were.
     */
    public Transition restore(LeaderLease leader, ClusterState state, RunPlan plan, Optional<Assignment> assignment) {
        Names.check("run", plan.runId());
        if (!plan.runId().equals(state.runId()) || plan.epoch() != state.epoch()) {
            throw new IllegalArgumentException(
                    "state and plan are of different runs: " + state.runId() + ", " + plan.runId());
        }
        List<Object> args = new ArrayList<>(List.of(
                leader.token(),
                state.state(),
                state.epoch(),
                plan.runId(),
                state.version(),
                state.sinceMillis(),
                Json.write(plan)));
        assignment.map(Dealt::arguments).ifPresent(args::addAll);
        return redis.eval(
                        Script.RESTORE,
                        new String[] {
                            keys.state(), keys.leader(), keys.plan(plan.runId()), keys.assignment(plan.runId())
                        },
                        args.toArray())
                .transition();
    }
}
