package io.vikhry.orchestrator.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.ProbeOutcome;
import io.vikhry.cluster.IntervalBatch.ProbeSample;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import io.vikhry.cluster.IntervalBatch.Vitals;
import io.vikhry.cluster.LoadStage;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.orchestrator.verdict.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A run of ten users of which a test tells second by second, without a cluster. */
abstract class ToldRun {
    static final long T0 = 1_795_301_340_000L;
    static final int USERS = 10;

    @TempDir
    Path home;

    RunStore store;
    Run run;

    @BeforeEach
    final void begin() {
        store = new RunStore(home);
        RunPlan plan =
                new RunPlan("run-1", 1, "9f2c", "ShopVU", Map.of(), RunPlan.LoadModel.USERS, 42, Map.of("users", 50));
        RunHead head = new RunHead(plan, "ShopVU", "ShopVU.java", USERS, 0, null, T0 - 1000);
        run = new Run(head, store.create(head));
        run.begin(T0, List.of(new LoadStage(0, USERS, 0)));
    }

    /** Of one worker, with a request and what a probe saw. */
    final void hear(int second, int users) {
        run.take(List.of(batch(7, second + 1, second, users, null)), T0 + second * 1000L + 1000);
    }

    /** The run as its next leader has it from {@code nowMillis} on. */
    final Run goOn(long nowMillis) {
        Course course = store.unfinished("run-1").orElseThrow();
        return Recollection.of(course, store.goOn(run.head, 99), null, nowMillis, () -> {})
                .run();
    }

    final void end(long afterMillis) {
        run.stop = new Course.Stop(StopReason.DURATION, 10_000, T0 + afterMillis);
    }

    final Verdict verdict() {
        run.finish(Json.MAPPER.createObjectNode());
        return run.verdict(T0 + 60_000);
    }

    final JsonNode report() {
        return Objects.requireNonNull(run.reportToWrite());
    }

    final long missing(String what) {
        return report().path("completeness").path(what).asLong();
    }

    /** What a worker said of itself a moment after {@code T0 + 8_000}, or 4 s after it joined. */
    static Hearsay.Last said(long fence, long originFence, long lastSeq) {
        return new Hearsay.Last(T0 + 8_000, 0, status(fence, originFence, lastSeq));
    }

    static Hearsay.Last heard(long afterMillis) {
        return new Hearsay.Last(T0 + afterMillis, 0, null);
    }

    static WorkerStatus status(long fence, long originFence, long lastSeq) {
        return Statement.of("worker-1", fence)
                .runs("run-1", USERS)
                .made(originFence, lastSeq)
                .status();
    }

    static IntervalBatch batch(long fence, long seq, int second, int users, @Nullable Vitals vitals) {
        long at = T0 + second * 1000L;
        SeriesDelta request = new SeriesDelta(
                Kind.REQUEST, "buy", "GET /", 1, 0, Map.of("200", 1L), 10, 20, new byte[0], new byte[0]);
        ProbeSample probe = new ProbeSample("queue", at, 1500, ProbeOutcome.OK, List.of(), "");
        return new IntervalBatch(
                "run-1",
                "worker-1",
                fence,
                seq,
                at,
                users,
                false,
                List.of(request),
                List.of(),
                null,
                List.of(probe),
                vitals);
    }
}
