package io.vikhry.orchestrator.http;

import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterState;
import io.vikhry.orchestrator.metrics.Aggregator;
import io.vikhry.orchestrator.metrics.ArrivalTotals;
import io.vikhry.orchestrator.metrics.Completeness;
import io.vikhry.orchestrator.metrics.ErrorGroup;
import io.vikhry.orchestrator.metrics.Numbers;
import io.vikhry.orchestrator.metrics.Point;
import io.vikhry.orchestrator.metrics.ProbeRow;
import io.vikhry.orchestrator.metrics.Row;
import io.vikhry.orchestrator.metrics.Totals;
import io.vikhry.orchestrator.run.Conductor;
import io.vikhry.orchestrator.run.CurrentScenario;
import io.vikhry.orchestrator.run.PoolFigures;
import io.vikhry.orchestrator.run.Run;
import io.vikhry.runtime.scenario.ScenarioDescription;
import java.util.List;
import java.util.OptionalLong;
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
            @Nullable RunAnswer run,
            @Nullable String lastError) {}

    record ScenarioName(String name, String digest, String source) {}

    record Probes(@Nullable String runId, @Nullable String worker, List<ProbeRow> probes) {}

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
            List<WorkerAnswer> workers,
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

    private RunAnswer run(Run run, long now) {
        int active = run.endedAtOrNull() != null
                ? 0
                : conductor.roster().workers().stream()
                        .filter(w -> w.alive() && run.id().equals(w.status().runId()))
                        .mapToInt(w -> w.status().activeVus())
                        .sum();
        return RunAnswer.of(run, active, now);
    }

    /** The verdict on the run under way or the last one. */
    RunAnswer.@Nullable Judged verdict() {
        return conductor
                .run()
                .map(run -> RunAnswer.Judged.of(run, cluster.clock().nowMillis()))
                .orElse(null);
    }

    List<WorkerAnswer> workers() {
        long now = cluster.clock().nowMillis();
        Run run = run();
        return conductor.roster().workers().stream()
                .map(worker -> WorkerAnswer.of(worker, run, now))
                .toList();
    }

    List<PoolFigures> pools() {
        return PoolFigures.of(conductor.roster().pools(), conductor.run().orElse(null));
    }

    /** The probes of the run under way or the last one; before the first, those that the scenario declares. */
    Probes probes() {
        Run run = conductor.run().orElse(null);
        if (run != null) {
            return new Probes(run.id(), run.prober().orElse(null), run.probes());
        }
        List<ScenarioDescription.Probe> declared =
                scenario.known().stream().flatMap(s -> s.probes().stream()).toList();
        return new Probes(null, null, ProbeRow.all(declared, List.of()));
    }

    /** The numbers of the run under way or the last one; all zero before the first. */
    Numbers numbers() {
        return aggregator().numbers(cluster.clock().nowMillis());
    }

    Aggregator.Points pointsSince(long change) {
        return aggregator().pointsSince(change, cluster.clock().nowMillis());
    }

    /** Cluster time in ms since 1970. */
    long nowMillis() {
        return cluster.clock().nowMillis();
    }

    /** The end of the newest second that every worker has told of; {@link Long#MAX_VALUE} while nobody's is awaited here. */
    long completeUntil() {
        // Where another leads, its workers tell nothing here.
        Run run = run();
        return switch (conductor.state().state()) {
            case RUNNING, STOPPING ->
                run == null ? Long.MAX_VALUE : run.numbers().completeMillis() + 1000;
            case IDLE, PREPARING -> Long.MAX_VALUE;
        };
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
