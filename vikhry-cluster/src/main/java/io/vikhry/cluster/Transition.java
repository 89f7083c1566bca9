package io.vikhry.cluster;

/**
 * What came of a change to the cluster's state that was guarded by state, epoch, version and leadership.
 *
 * @param result whether it was done, or why not
 * @param state the cluster's state after it
 */
public record Transition(Result result, ClusterState state) {

    /** Whether it was done, now or by an earlier identical call. */
    public boolean done() {
        return result == Result.DONE;
    }

    /** Why a change was made or refused. */
    public enum Result {
        /** Done. */
        DONE,
        /** The cluster is in another state than the caller thought. */
        WRONG_STATE,
        /** The cluster is in another run or epoch than the caller thought. */
        WRONG_EPOCH,
        /** An assignment of the same or a higher version is there already. */
        STALE_VERSION,
        /** The caller does not hold the leader's lease any more. */
        NOT_LEADER
    }
}
