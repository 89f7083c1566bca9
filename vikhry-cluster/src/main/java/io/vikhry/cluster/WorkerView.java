package io.vikhry.cluster;

import java.util.Map;

/**
 * A worker as the cluster sees it.
 *
 * @param status what it said last
 * @param remainingMillis how long its lease lasts; negative by how long ago it ran out
 * @param lastSeenMillis cluster time of its last renewal, in ms since 1970
 * @param earlier the newest leases that it had under its name before: the last renewal of each by its fence
 */
public record WorkerView(WorkerStatus status, long remainingMillis, long lastSeenMillis, Map<Long, Long> earlier) {
    public WorkerView {
        earlier = Map.copyOf(earlier);
    }

    /** Whether its lease has not run out. */
    public boolean alive() {
        return remainingMillis > 0;
    }
}
