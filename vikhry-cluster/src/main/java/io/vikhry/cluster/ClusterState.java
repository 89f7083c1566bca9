package io.vikhry.cluster;

import org.jspecify.annotations.Nullable;

/**
 * What the cluster is doing.
 *
 * @param state the state
 * @param epoch how many starts were accepted so far
 * @param runId the current run; in {@link State#IDLE} the last one, or {@code null} if there was none
 * @param version version of the current run's newest assignment, 0 before the first
 * @param sinceMillis cluster time of the last transition, 0 if there was none
 */
public record ClusterState(
        State state, long epoch, @Nullable String runId, long version, long sinceMillis) {

    /** A cluster in which nothing has run yet. */
    public static final ClusterState NEW = new ClusterState(State.IDLE, 0, null, 0, 0);

    /**
     * The states of a cluster and the ways between them.
     *
     * <pre>
     * IDLE      -> PREPARING            a start was accepted: the epoch grows, the plan is written
     * PREPARING -> RUNNING | STOPPING   workers and resources are ready | stopped, or the start failed
     * RUNNING   -> STOPPING             stopped, or the duration is over
     * STOPPING  -> IDLE                 every worker has drained or is gone; the run's keys begin to expire
     * </pre>
     */
    public enum State {
        /** No run. */
        IDLE,
        /** Workers load the scenario and make resources. */
        PREPARING,
        /** The load runs. */
        RUNNING,
        /** Users are ending. */
        STOPPING;

        /** Whether there is a way from here to {@code next}. */
        public boolean leadsTo(State next) {
            return switch (this) {
                case IDLE -> next == PREPARING;
                case PREPARING -> next == RUNNING || next == STOPPING;
                case RUNNING -> next == STOPPING;
                case STOPPING -> next == IDLE;
            };
        }
    }
}
