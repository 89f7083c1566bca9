package io.vikhry.cluster;

/**
 * The order to end a run that needs no orchestrator.
 *
 * @param kind who gave it
 * @param epoch the epoch of the run that is to end
 * @param by who gave it, for people
 * @param atMillis when, in cluster time
 */
public record Halt(Kind kind, long epoch, String by, long atMillis) {
    /** Who gave it. */
    public enum Kind {
        /** A person: everything ends now. */
        KILL,
        /** Workers that have had no orchestrator for too long: users end gracefully. */
        ORPHANED
    }
}
