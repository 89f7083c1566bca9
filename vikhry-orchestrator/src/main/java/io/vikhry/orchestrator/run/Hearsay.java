package io.vikhry.orchestrator.run;

import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerView;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What was heard of each lease last: when it was renewed, and what its worker said then. Redis keeps that of the leases that a
 * worker had before. One that Redis has forgotten together with its data may have been renewed up to the look that misses it, so
 * for that long its worker counts as heard. For the conductor's thread.
 */
final class Hearsay {
    /** Who looks less often may have met a Redis that was busy or stood still, and did not hear workers either. */
    private static final long DEAF_MILLIS = 1_000;

    private final Map<Lease, Known> leases = new HashMap<>();
    private Set<Lease> listed = Set.of();
    private long lookedNanos;

    private record Lease(String workerId, long fence) {}

    private record Known(Last last, long nanos) {}

    /**
     * The last of a lease.
     *
     * @param millis when it was renewed, cluster time; rather too late than too early
     * @param unheardMillis for how long after that it may have been impossible to renew it
     * @param status what its worker said then, or {@code null} if only Redis remembers the lease
     */
    record Last(long millis, long unheardMillis, @Nullable WorkerStatus status) {
        /** Nobody knows, so it may have been now. */
        static Last unknown(long nowMillis) {
            return new Last(nowMillis, 0, null);
        }

        private Last later(long byMillis) {
            return new Last(millis + byMillis, unheardMillis, status);
        }

        /** What its worker, whose lease has this fence, had done for a run. */
        Work of(String runId, long fence) {
            if (status == null) {
                return Work.UNKNOWN;
            }
            // Who has not said anything of the run begins with it under this lease, if at all.
            return runId.equals(status.runId())
                    ? new Work(status.originFence(), status.lastSeq(), status.activeVus())
                    : new Work(fence, 0, 0);
        }
    }

    /**
     * What a worker had done for a run when it was heard of last.
     *
     * @param originFence the fence under which its sequence of batches began; 0 if that is not known
     * @param lastSeq how many batches it had made; -1 if that is not known
     * @param users how many it had
     */
    record Work(long originFence, long lastSeq, int users) {
        static final Work UNKNOWN = new Work(0, -1, 0);
    }

    /** Sees the workers as they are listed now. */
    void look(List<WorkerView> workers, long nowNanos) {
        Set<Lease> present = new HashSet<>();
        long sinceLook = TimeUnit.NANOSECONDS.toMillis(nowNanos - lookedNanos);
        for (WorkerView worker : workers) {
            String id = worker.status().workerId();
            Lease newest = new Lease(id, worker.status().fence());
            hear(newest, worker.lastSeenMillis(), worker.status(), sinceLook, nowNanos);
            present.add(newest);
            worker.earlier().forEach((fence, seen) -> {
                Lease earlier = new Lease(id, fence);
                hear(earlier, seen, null, sinceLook, nowNanos);
                present.add(earlier);
            });
        }
        for (Lease missed : listed) {
            Known before = leases.get(missed);
            if (before != null && !present.contains(missed)) {
                leases.put(missed, new Known(before.last.later(sinceLook), before.nanos));
            }
        }
        listed = present;
        lookedNanos = nowNanos;
        leases.values().removeIf(known -> nowNanos - known.nanos > Presence.FORGET_NANOS);
    }

    private void hear(Lease lease, long millis, @Nullable WorkerStatus status, long sinceLook, long nowNanos) {
        Known before = leases.get(lease);
        long unheard = 0;
        if (before != null && before.last.millis == millis) {
            unheard = before.last.unheardMillis + (sinceLook > DEAF_MILLIS ? sinceLook : 0);
        }
        WorkerStatus newest = status == null && before != null ? before.last.status : status;
        leases.put(lease, new Known(new Last(millis, unheard, newest), nowNanos));
    }

    /** The last of that lease; empty if it was never heard of here. */
    Optional<Last> of(String workerId, long fence) {
        return Optional.ofNullable(leases.get(new Lease(workerId, fence))).map(Known::last);
    }
}
