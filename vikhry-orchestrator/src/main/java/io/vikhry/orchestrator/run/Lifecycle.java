package io.vikhry.orchestrator.run;

import io.vikhry.cluster.ClusterState.State;
import java.util.Map;
import java.util.Optional;

/**
 * The states of a cluster and what moves it between them.
 *
 * <pre>
 *              | IDLE      | PREPARING | RUNNING  | STOPPING
 * START        | PREPARING | refused   | refused  | refused
 * PREPARED     | -         | RUNNING   | -        | -
 * CHANGE_LOAD  | refused   | refused   | RUNNING  | refused
 * STOP         | refused   | STOPPING  | STOPPING | refused
 * DURATION     | -         | -         | STOPPING | -
 * FAILED       | -         | STOPPING  | STOPPING | -
 * TAKE_OVER    | IDLE      | STOPPING  | STOPPING | STOPPING
 * ENDED        | -         | -         | -        | IDLE
 * </pre>
 *
 * <p>"Refused" is an answer to a person; "-" cannot happen. A failed start goes through STOPPING like any other, so that workers
 * that have begun to prepare let go.
 */
public final class Lifecycle {
    private Lifecycle() {}

    /** What moves a cluster. */
    public enum Event {
        /** Someone asks for a run. */
        START,
        /** Workers are ready and resources are made. */
        PREPARED,
        /** Someone asks for another number of users or arrivals. */
        CHANGE_LOAD,
        /** Someone asks to stop. */
        STOP,
        /** The run's duration is over. */
        DURATION,
        /** The run cannot go on. */
        FAILED,
        /** A new leader finds the cluster as its predecessor left it. */
        TAKE_OVER,
        /** All workers have ended their users, or have had the time to. */
        ENDED
    }

    /** Where {@code event} leads from {@code state}; empty if it does not lead anywhere. */
    public static Optional<State> next(State state, Event event) {
        return Optional.ofNullable(
                switch (event) {
                    case START -> state == State.IDLE ? State.PREPARING : null;
                    case PREPARED -> state == State.PREPARING ? State.RUNNING : null;
                    case CHANGE_LOAD -> state == State.RUNNING ? State.RUNNING : null;
                    case STOP, FAILED -> state == State.PREPARING || state == State.RUNNING ? State.STOPPING : null;
                    case DURATION -> state == State.RUNNING ? State.STOPPING : null;
                    case TAKE_OVER -> state == State.IDLE ? State.IDLE : State.STOPPING;
                    case ENDED -> state == State.STOPPING ? State.IDLE : null;
                });
    }

    /**
     * Where what a person asks for leads from {@code state}.
     *
     * @throws Refusal that says what to do instead
     */
    public static State asked(State state, Event event) {
        return next(state, event)
                .orElseThrow(() ->
                        new Refusal(Refusal.Code.INVALID_STATE, refused(state, event), Map.of("state", state.name())));
    }

    private static String refused(State state, Event event) {
        return switch (state) {
            case IDLE -> "No run is under way; start one first.";
            case PREPARING ->
                event == Event.START
                        ? "A run is PREPARING; stop it first."
                        : "The run is PREPARING; its load can be changed once it is RUNNING.";
            case RUNNING -> "A run is RUNNING; stop it first.";
            case STOPPING ->
                event == Event.STOP
                        ? "The run is STOPPING already."
                        : "A run is STOPPING; wait until the cluster is IDLE.";
        };
    }
}
