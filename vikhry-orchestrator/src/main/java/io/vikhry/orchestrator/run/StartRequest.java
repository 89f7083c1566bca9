package io.vikhry.orchestrator.run;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for when a run is started.
 *
 * @param users 0 to 1,000,000
 * @param params values of the scenario's parameters, as text
 * @param ramp how long the way to that many users takes; zero starts all at once
 * @param duration how long the load lasts, or {@code null} until it is stopped
 * @param seed seed of everything random, or {@code null} to draw one
 */
public record StartRequest(
        int users,
        Map<String, String> params,
        Duration ramp,
        @Nullable Duration duration,
        @Nullable Long seed) {
    /** The most users a run may have. */
    public static final int MAX_USERS = 1_000_000;

    public StartRequest {
        params = Map.copyOf(params);
    }
}
