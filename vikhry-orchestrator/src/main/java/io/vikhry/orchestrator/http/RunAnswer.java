package io.vikhry.orchestrator.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.Safety;
import io.vikhry.orchestrator.metrics.ArrivalTotals;
import io.vikhry.orchestrator.metrics.FailedUsers;
import io.vikhry.orchestrator.metrics.Rates;
import io.vikhry.orchestrator.run.Run;
import io.vikhry.orchestrator.run.StopReason;
import io.vikhry.orchestrator.verdict.Verdict;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The run under way or the last one, as the API tells of it. */
record RunAnswer(
        String runId,
        long startedAt,
        @Nullable Long endedAt,
        double elapsedS,
        String model,
        int targetUsers,
        @Nullable Double targetRate,
        @Nullable Integer maxUsers,
        int activeUsers,
        @Nullable ArrivalTotals arrivals,
        Map<String, String> params,
        @Nullable Double durationS,
        @Nullable Long endsAt,
        @Nullable String stopReason,
        Run.Prepare prepare,
        FailedUsers failedUsers,
        List<LostWorker> lostWorkers,
        Judged verdict,
        Limits safety) {
    record LostWorker(String id, long at) {}

    /** A verdict, and whether it will stay. */
    record Judged(
            Verdict.Level level, @JsonProperty("final") boolean forGood, List<Verdict.Reason> reasons) {
        static Judged of(Run run, long now) {
            Verdict verdict = run.verdict(now);
            return new Judged(verdict.level(), run.endedAtOrNull() != null, verdict.reasons());
        }
    }

    record Limits(
            List<String> allowedHosts,
            @Nullable Integer maxUsers,
            @Nullable Integer maxRps,
            double deadManS) {
        private static Limits of(Safety safety) {
            return new Limits(safety.allowedHosts(), safety.maxUsers(), safety.maxRps(), safety.deadManSeconds());
        }
    }

    /** The run at {@code now}, cluster time, with the users that its workers say are at work. */
    static RunAnswer of(Run run, int activeUsers, long now) {
        StopReason reason = run.stopReason();
        RunPlan plan = run.head.plan();
        RunPlan.Open open = plan.open();
        return new RunAnswer(
                run.id(),
                run.startedAt(),
                run.endedAtOrNull(),
                Rates.thousandths(run.elapsedMillis(now) / 1000.0),
                run.model(),
                run.targetUsers(),
                open == null ? null : run.targetRate(),
                open == null ? null : open.maxUsers(),
                activeUsers,
                run.arrivals(),
                new TreeMap<>(plan.params()),
                run.head.durationSeconds(),
                run.endsAtOrNull(),
                reason == null ? null : reason.text(),
                run.prepare(),
                run.numbers().failedUsers(),
                run.lost().entrySet().stream()
                        .map(lost -> new LostWorker(lost.getKey(), lost.getValue()))
                        .toList(),
                Judged.of(run, now),
                Limits.of(plan.safety()));
    }
}
