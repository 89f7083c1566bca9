package io.vikhry.orchestrator.run;

import static java.util.Objects.requireNonNull;

import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.Safety;
import io.vikhry.runtime.scenario.ScenarioDescription;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
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
        requireNonNull(plan, "a head has a plan");
        requireNonNull(scenario, "a head has a scenario");
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

    /**
     * A run as it is asked for, under an id of its own.
     *
     * @param described its scenario
     * @param params values of all of the scenario's parameters
     * @param safety what it may not do, dealt out to the workers that are there
     * @param now cluster time
     */
    static RunHead of(
            StartRequest request,
            ScenarioDescription described,
            Map<String, String> params,
            long epoch,
            Safety safety,
            long now) {
        StartRequest.Open open = request.open();
        Map<String, Integer> items = new HashMap<>();
        described.resources().forEach(resource -> items.put(resource.pool(), request.users()));
        Long seed = request.seed();
        Duration duration = request.duration();
        RunPlan plan = new RunPlan(
                RunId.at(now, ThreadLocalRandom.current()),
                epoch,
                described.digest(),
                described.className(),
                params,
                open == null ? RunPlan.LoadModel.USERS : RunPlan.LoadModel.RATE,
                seed == null ? ThreadLocalRandom.current().nextLong(1L << 53) : seed,
                items,
                open == null ? null : new RunPlan.Open(open.arrivals(), request.users(), open.maxUsers()),
                safety);
        return new RunHead(
                plan,
                described.name(),
                described.source(),
                request.users(),
                open == null ? 0 : open.rate(),
                request.ramp().toMillis() / 1000.0,
                duration == null ? null : duration.toMillis() / 1000.0,
                now,
                described.probes());
    }
}
