package io.vikhry.cluster;

import io.vikhry.cluster.IntervalBatch.ErrorSample;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Records to test with. */
final class Fixtures {
    private static final AtomicInteger CLUSTERS = new AtomicInteger();

    private Fixtures() {}

    /** A cluster name that no other test uses. */
    static String freshCluster() {
        return "test-" + CLUSTERS.incrementAndGet();
    }

    static RunPlan plan(String runId, long epoch) {
        return new RunPlan(
                runId,
                epoch,
                "ab".repeat(32),
                "ShopVU",
                Map.of("baseUrl", "http://127.0.0.1:1"),
                RunPlan.LoadModel.USERS,
                7,
                Map.of("users", 3));
    }

    static Assignment assignment(String runId, long epoch, long version) {
        return new Assignment(
                runId,
                epoch,
                version,
                Assignment.Phase.RUN,
                1_000,
                List.of(new LoadStage(0, 10, 500)),
                Map.of("worker-1", new Assignment.Share(List.of(new VuRange(0, 10)), 1, 42)),
                0);
    }

    static WorkerStatus status(String workerId) {
        return new WorkerStatus(
                workerId,
                0,
                WorkerStatus.Phase.IDLE,
                "host-1",
                4711,
                "0.1.0",
                "epoll, users on 2 loops",
                2,
                null,
                null,
                null,
                null,
                null,
                0,
                0,
                0,
                0,
                0,
                0,
                new WorkerStatus.Health(
                        WorkerStatus.Condition.LAGGING, List.of("why"), 0.5, 2, 1, 2, 3, 4, 0.25, 5, 6, 7));
    }

    static IntervalBatch batch(String runId, String workerId, long seq) {
        SeriesDelta series = new SeriesDelta(
                Kind.REQUEST,
                "catalog",
                "GET /catalog",
                3,
                1,
                Map.of("200", 2L, "503", 1L),
                300,
                900,
                new byte[] {1, 2},
                new byte[0]);
        ErrorSample error = new ErrorSample("GET /catalog", "catalog", "503", "Service Unavailable", "", 1);
        return new IntervalBatch(runId, workerId, 42, seq, seq * 1000, 5, false, List.of(series), List.of(error));
    }
}
