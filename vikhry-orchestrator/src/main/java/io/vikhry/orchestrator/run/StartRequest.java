package io.vikhry.orchestrator.run;

import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.Safety;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for when a run is started.
 *
 * @param users 0 to 1,000,000; in the open model those that begin with the load
 * @param open what the open model needs, or {@code null} for the closed one
 * @param params values of the scenario's parameters, as text
 * @param ramp how long the way to that many users or arrivals takes; zero starts all at once
 * @param duration how long the load lasts, or {@code null} until it is stopped
 * @param seed seed of everything random, or {@code null} to draw one
 * @param safety what the run may not do
 */
public record StartRequest(
        int users,
        @Nullable Open open,
        Map<String, String> params,
        Duration ramp,
        @Nullable Duration duration,
        @Nullable Long seed,
        Safety safety) {
    /** The most users a run may have. */
    public static final int MAX_USERS = 1_000_000;

    /** The most arrivals per second. */
    public static final double MAX_RATE = 10_000_000;

    /**
     * The open model.
     *
     * @param rate arrivals per second of the whole cluster
     * @param arrivals how they are spaced
     * @param maxUsers users there may be at most
     */
    public record Open(double rate, RunPlan.Arrivals arrivals, int maxUsers) {}

    public StartRequest {
        params = Map.copyOf(params);
    }
}
