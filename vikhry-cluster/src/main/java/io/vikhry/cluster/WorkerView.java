package io.vikhry.cluster;

/**
 * A worker as the cluster sees it.
 *
 * @param status what it said last
 * @param remainingMillis how long its lease lasts; negative by how long ago it ran out
 * @param lastSeenMillis cluster time of its last renewal, in ms since 1970
 */
public record WorkerView(WorkerStatus status, long remainingMillis, long lastSeenMillis) {
    /** Whether its lease has not run out. */
    public boolean alive() {
        return remainingMillis > 0;
    }
}
