package io.vikhry.cluster;

import java.util.Optional;

/** The cluster's state machine: each transition is one atomic step in Redis, guarded by state, epoch and the leader's token. */
public interface Lifecycle {
    /** The state as one consistent record. */
    ClusterState state();

    /**
     * IDLE to PREPARING: writes {@code plan} and makes its run the current one. The plan's epoch must be the current one plus 1,
     * so of two starts that read the same state only one succeeds. Repeating it with the same plan changes nothing and is done.
     */
    Transition begin(LeaderLease leader, RunPlan plan);

    /**
     * From one state to the next in the run of {@code epoch}; repeating it changes nothing and is done. The way to IDLE gives
     * the run's keys one hour to live.
     *
     * @throws IllegalArgumentException if there is no such way, or {@code from} is IDLE
     */
    Transition move(LeaderLease leader, long epoch, ClusterState.State from, ClusterState.State to);

    /**
     * Writes state, plan and assignment again after Redis has lost them; refused with {@code WRONG_STATE} if a state is there.
     * Epoch and version stay those given, so that workers go on where they were.
     */
    Transition restore(LeaderLease leader, ClusterState state, RunPlan plan, Optional<Assignment> assignment);
}
