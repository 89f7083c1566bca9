package io.vikhry.orchestrator.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterState;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.Safety;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerView;
import io.vikhry.orchestrator.metrics.Aggregator;
import io.vikhry.orchestrator.metrics.ArrivalTotals;
import io.vikhry.orchestrator.metrics.Completeness;
import io.vikhry.orchestrator.metrics.ErrorGroup;
import io.vikhry.orchestrator.metrics.FailedUsers;
import io.vikhry.orchestrator.metrics.Numbers;
import io.vikhry.orchestrator.metrics.Point;
import io.vikhry.orchestrator.metrics.ProbeRow;
import io.vikhry.orchestrator.metrics.Rates;
import io.vikhry.orchestrator.metrics.Row;
import io.vikhry.orchestrator.metrics.Totals;
import io.vikhry.orchestrator.run.Conductor;
import io.vikhry.orchestrator.run.CurrentScenario;
import io.vikhry.orchestrator.run.PoolFigures;
import io.vikhry.orchestrator.run.Run;
import io.vikhry.orchestrator.run.StopReason;
import io.vikhry.orchestrator.verdict.Verdict;
import io.vikhry.runtime.scenario.ScenarioDescription;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the API tells of the cluster, in the shapes of docs/api.md. */
final class Answers {
    private final Cluster cluster;
    private final Conductor conductor;
    private final CurrentScenario scenario;

    Answers(Cluster cluster, Conductor conductor, CurrentScenario scenario) {
        this.cluster = cluster;
        this.conductor = conductor;
        this.scenario = scenario;
    }

    record Test(
            ClusterState.State state,
            long epoch,
            String cluster,
            long now,
            @Nullable ScenarioName scenario,
            @Nullable RunNow run,
            @Nullable String lastError) {}

    record ScenarioName(String name, String digest, String source) {}

    record RunNow(
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
            Limits safety) {}

    /** A verdict, and whether it will stay. */
    record Judged(
            Verdict.Level level, @JsonProperty("final") boolean forGood, List<Verdict.Reason> reasons) {}

    record Limits(
            List<String> allowedHosts,
            @Nullable Integer maxUsers,
            @Nullable Integer maxRps,
            double deadManS) {}

    record LostWorker(String id, long at) {}

    record Worker(
            String id,
            WorkerStatus.Phase phase,
            boolean healthy,
            String health,
            List<String> healthReasons,
            String host,
            long pid,
            String engine,
            double capacity,
            int assignedUsers,
            int activeUsers,
            long failedUsers,
            long debt,
            long leaseMs,
            long lastSeenAt,
            double cpu,
            double cpuLimit,
            long rssBytes,
            long heapBytes,
            double gcPauseMs,
            double stalledMs,
            double loopUtilisation,
            double loopLagP99Ms,
            double clockOffsetMs,
            double rps,
            @Nullable String warning,
            @Nullable String error) {}

    record Scenario(
            String name,
            @JsonProperty("class") String className,
            String digest,
            String source,
            List<Param> params,
            List<ScenarioDescription.Step> steps,
            List<ScenarioDescription.Resource> resources,
            List<Probe> probes) {}

    record Probe(String name, String every, String timeout, List<ProbeField> values) {}

    record ProbeField(String name, String type) {}

    record Probes(@Nullable String runId, @Nullable String worker, List<ProbeRow> probes) {}

    record Param(
            String name,
            String type,
            boolean required,
            @JsonProperty("default") @Nullable String defaultText,
            String description,
            @Nullable List<String> values) {}

    record Metrics(
            @Nullable String runId,
            Totals totals,
            List<Row> rows,
            Completeness completeness,
            @Nullable ArrivalTotals arrivals,
            @Nullable Long completeUntil,
            @Nullable Long lagMs) {}

    record Message(
            String type,
            long seq,
            Test test,
            Totals totals,
            List<Row> rows,
            List<Worker> workers,
            List<PoolFigures> pools,
            List<ProbeRow> probes,
            List<ErrorGroup> errors,
            List<Point> points,
            Completeness completeness) {}

    Test test() {
        long now = cluster.clock().nowMillis();
        ClusterState state = conductor.state();
        return new Test(
                state.state(),
                state.epoch(),
                cluster.name(),
                now,
                scenario.known()
                        .map(s -> new ScenarioName(s.name(), s.digest(), s.source()))
                        .orElse(null),
                conductor.run().map(run -> run(run, now)).orElse(null),
                conductor.lastError().orElse(null));
    }

    private RunNow run(Run run, long now) {
        int active = run.endedAtOrNull() != null
                ? 0
                : conductor.roster().workers().stream()
                        .filter(w -> w.alive() && run.id().equals(w.status().runId()))
                        .mapToInt(w -> w.status().activeVus())
                        .sum();
        StopReason reason = run.stopReason();
        RunPlan.Open open = run.head.plan().open();
        return new RunNow(
                run.id(),
                run.startedAt(),
                run.endedAtOrNull(),
                Rates.thousandths(run.elapsedMillis(now) / 1000.0),
                run.model(),
                run.targetUsers(),
                open == null ? null : run.targetRate(),
                open == null ? null : open.maxUsers(),
                active,
                run.arrivals(),
                new TreeMap<>(run.head.plan().params()),
                run.head.durationSeconds(),
                run.endsAtOrNull(),
                reason == null ? null : reason.text(),
                run.prepare(),
                run.numbers().failedUsers(),
                run.lost().entrySet().stream()
                        .map(lost -> new LostWorker(lost.getKey(), lost.getValue()))
                        .toList(),
                judged(run, now),
                limits(run.head.plan().safety()));
    }

    private static Judged judged(Run run, long now) {
        Verdict verdict = run.verdict(now);
        return new Judged(verdict.level(), run.endedAtOrNull() != null, verdict.reasons());
    }

    /** The verdict on the run under way or the last one. */
    @Nullable Judged verdict() {
        return conductor
                .run()
                .map(run -> judged(run, cluster.clock().nowMillis()))
                .orElse(null);
    }

    private static Limits limits(Safety safety) {
        return new Limits(safety.allowedHosts(), safety.maxUsers(), safety.maxRps(), safety.deadManSeconds());
    }

    List<Worker> workers() {
        long now = cluster.clock().nowMillis();
        return conductor.roster().workers().stream().map(w -> worker(w, now)).toList();
    }

    private Worker worker(WorkerView view, long now) {
        WorkerStatus status = view.status();
        WorkerStatus.Health health = status.health();
        String id = status.workerId();
        Run run = conductor.run().orElse(null);
        return new Worker(
                id,
                status.phase(),
                view.alive() && status.error() == null,
                health.condition().name().toLowerCase(Locale.ROOT),
                health.reasons(),
                status.host(),
                status.pid(),
                status.engine(),
                status.capacity(),
                run == null ? 0 : run.assignedUsers(id, now),
                view.alive() ? status.activeVus() : 0,
                status.failedVus(),
                view.alive() ? health.debt() : 0,
                Math.max(0, view.remainingMillis()),
                view.lastSeenMillis(),
                Rates.thousandths(health.cpu()),
                Rates.thousandths(health.cpuLimit()),
                health.rssBytes(),
                health.heapBytes(),
                Rates.thousandths(health.gcPauseMillis()),
                Rates.thousandths(health.stalledMillis()),
                Rates.thousandths(health.loopUtilisation()),
                health.loopLagP99Micros() / 1000.0,
                health.clockOffsetMicros() / 1000.0,
                run == null || run.endedAtOrNull() != null ? 0 : run.numbers().recentRpsOf(id),
                status.warning(),
                status.error());
    }

    List<PoolFigures> pools() {
        return PoolFigures.of(conductor.roster().pools(), conductor.run().orElse(null));
    }

    static Scenario scenario(ScenarioDescription described) {
        return new Scenario(
                described.name(),
                described.className(),
                described.digest(),
                described.source(),
                described.params().stream()
                        .map(p -> new Param(
                                p.name(), p.type(), p.required(), p.defaultText(), p.description(), p.values()))
                        .toList(),
                described.steps(),
                described.resources(),
                described.probes().stream().map(Answers::probe).toList());
    }

    private static Probe probe(ScenarioDescription.Probe declared) {
        return new Probe(
                declared.name(),
                declared.every(),
                declared.timeout(),
                declared.values().stream()
                        .map(field ->
                                new ProbeField(field.name(), field.type().name().toLowerCase(Locale.ROOT)))
                        .toList());
    }

    /** The probes of the run under way or the last one; before the first, those that the scenario declares. */
    Probes probes() {
        Run run = conductor.run().orElse(null);
        if (run != null) {
            return new Probes(run.id(), run.prober().orElse(null), run.probes());
        }
        List<ScenarioDescription.Probe> declared = scenario.known().stream()
                .flatMap(s -> s.probes().stream())
                .toList();
        return new Probes(null, null, ProbeRow.all(declared, List.of()));
    }

    /** The numbers of the run under way or the last one; all zero before the first. */
    Numbers numbers() {
        return aggregator().numbers(cluster.clock().nowMillis());
    }

    Aggregator.Points pointsSince(long change) {
        return aggregator().pointsSince(change, cluster.clock().nowMillis());
    }

    /** The run under way or the last one. */
    @Nullable Run run() {
        return conductor.run().orElse(null);
    }

    @Nullable String runId() {
        return conductor.run().map(Run::id).orElse(null);
    }

    Metrics metrics() {
        Aggregator merged = aggregator();
        Numbers numbers = numbers();
        ArrivalTotals arrivals = conductor.run().map(Run::arrivals).orElse(null);
        OptionalLong lag = merged.lagMillis();
        return new Metrics(
                runId(),
                numbers.totals(),
                numbers.rows(),
                numbers.completeness(),
                arrivals,
                lag.isPresent() ? merged.completeMillis() + 1000 : null,
                lag.isPresent() ? lag.getAsLong() : null);
    }

    private Aggregator aggregator() {
        return conductor.run().map(Run::numbers).orElseGet(Aggregator::new);
    }
}
