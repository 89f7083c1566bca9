package io.vikhry.orchestrator.run;

import io.vikhry.cluster.RunPlan;
import io.vikhry.runtime.scenario.ScenarioDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for when a run was started: its {@code plan.json}.
 *
 * @param plan the cluster's plan
 * @param scenario the scenario's simple name
 * @param source the file the scenario came from
 * @param users users asked for at the start
 * @param rate arrivals per second asked for at the start; 0 in the closed model
 * @param rampSeconds how long the way to them takes
 * @param durationSeconds how long the load lasts, or {@code null} until it is stopped
 * @param createdAt when the start was accepted, cluster time in ms since 1970
 * @param probes what its scenario declares to be probed
 */
public record RunHead(
        RunPlan plan,
        String scenario,
        String source,
        int users,
        double rate,
        double rampSeconds,
        @Nullable Double durationSeconds,
        long createdAt,
        List<ScenarioDescription.Probe> probes) {
    public RunHead {
        // A head that was written before there were probes has none.
        probes = probes == null ? List.of() : List.copyOf(probes);
    }

    /** A run of the closed model, without probes. */
    public RunHead(
            RunPlan plan,
            String scenario,
            String source,
            int users,
            double rampSeconds,
            @Nullable Double durationSeconds,
            long createdAt) {
        this(plan, scenario, source, users, 0, rampSeconds, durationSeconds, createdAt, List.of());
    }
}
