package io.vikhry.orchestrator.run;

import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerStatus.Health;
import io.vikhry.cluster.WorkerStatus.Phase;
import io.vikhry.cluster.WorkerView;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a worker says of itself in tests: at first, that it is there with two cores, ready and well. */
record Statement(
        String workerId,
        long fence,
        Phase phase,
        double cores,
        @Nullable String bundleDigest,
        @Nullable String error,
        @Nullable String runId,
        int users,
        long originFence,
        long lastSeq,
        Health health) {
    /** How long a lease lasts that was renewed a second ago. */
    private static final long REMAINING_MILLIS = 4_000;

    static Statement of(String workerId, long fence) {
        return new Statement(workerId, fence, Phase.READY, 2, null, null, null, 0, 0, 0, Health.fine(0, 0, 0, 0, 0));
    }

    /** It works for a run with so many users. */
    Statement runs(String run, int atWork) {
        return new Statement(
                workerId, fence, Phase.RUNNING, cores, bundleDigest, error, run, atWork, originFence, lastSeq, health);
    }

    /** It has made so many batches of the run, in a sequence that began under the lease {@code origin}; 0 if it does not say. */
    Statement made(long origin, long batches) {
        return new Statement(workerId, fence, phase, cores, bundleDigest, error, runId, users, origin, batches, health);
    }

    Statement in(Phase other) {
        return new Statement(
                workerId, fence, other, cores, bundleDigest, error, runId, users, originFence, lastSeq, health);
    }

    WorkerStatus status() {
        return new WorkerStatus(
                workerId,
                fence,
                phase,
                "host",
                1,
                "0",
                "engine",
                cores,
                bundleDigest,
                error,
                null,
                null,
                runId,
                runId == null ? 0 : 1,
                users,
                users,
                0,
                originFence,
                lastSeq,
                health);
    }

    /** As it is listed, with what is known of its earlier leases. */
    WorkerView seen(long atMillis, Map<Long, Long> earlier) {
        return new WorkerView(status(), REMAINING_MILLIS, atMillis, earlier);
    }

    WorkerView seen(long atMillis) {
        return seen(atMillis, Map.of());
    }

    /** As it is listed when its lease has so long to go, or has run out. */
    WorkerView remaining(long millis) {
        return new WorkerView(status(), millis, 0, Map.of());
    }
}
