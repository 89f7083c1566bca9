package io.vikhry.orchestrator.run;

import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Hears whether the workers of a run renew their leases in time. One that did not, and then did, stood still or was cut off for
 * a while, too short to lose its lease. For the conductor's thread.
 */
final class Hearing {
    /** A lease is renewed each second. */
    static final long LATE_MILLIS = 2_500;
    /** After a longer time without a look nobody can say who was late: Redis may not have been there to hear them. */
    private static final long DEAF_MILLIS = 1_500;

    private final Map<String, Renewed> renewed = new HashMap<>();
    private long hearingSince;
    private long lookedAt;

    private record Renewed(long fence, long atMillis, boolean late) {}

    /** Sees the workers as they are at {@code nowMillis}, cluster time; those who are heard of again, and since when they were not. */
    List<Interruption> look(List<WorkerView> workers, long nowMillis) {
        if (nowMillis - lookedAt > DEAF_MILLIS) {
            hearingSince = nowMillis;
        }
        lookedAt = nowMillis;
        List<Interruption> back = new ArrayList<>();
        for (WorkerView worker : workers) {
            WorkerStatus status = worker.status();
            long seen = worker.lastSeenMillis();
            Renewed before = renewed.get(status.workerId());
            if (before != null && before.fence == status.fence() && before.late && seen > before.atMillis) {
                back.add(Interruption.once(before.atMillis, seen, status.workerId() + " was not heard of"));
            }
            boolean late = nowMillis - Math.max(seen, hearingSince) > LATE_MILLIS;
            renewed.put(status.workerId(), new Renewed(status.fence(), seen, late));
        }
        renewed.keySet()
                .retainAll(workers.stream().map(w -> w.status().workerId()).toList());
        return back;
    }
}
