package io.vikhry.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run may not do, wherever it runs.
 *
 * @param allowedHosts hosts that requests may go to: {@code HOST[:PORT]}, {@code *.DOMAIN[:PORT]}; empty for any
 * @param maxUsers users there may be at the same time, or {@code null} for any number
 * @param maxRps requests that may begin in a second in the whole cluster, or {@code null} for any number
 * @param firstRps what each worker may use of {@code maxRps} before the first assignment says it anew, by worker id; adds up to
 *     at most {@code maxRps}, and who is not in it may send nothing yet
 * @param deadManSeconds how long workers go on without an orchestrator
 */
public record Safety(
        List<String> allowedHosts,
        @Nullable Integer maxUsers,
        @Nullable Integer maxRps,
        Map<String, Integer> firstRps,
        double deadManSeconds) {
    /** How long workers go on without an orchestrator where nobody says: ten times what one needs to be started again. */
    public static final Duration DEAD_MAN = Duration.ofSeconds(60);

    /** Any host, any number. */
    public static final Safety NONE = new Safety(List.of(), null, null, Map.of(), DEAD_MAN.toSeconds());

    public Safety {
        allowedHosts = List.copyOf(allowedHosts);
        firstRps = Map.copyOf(firstRps);
    }

    /** These, with the limit of requests dealt out for the time before the first assignment. */
    public Safety dealt(Map<String, Integer> first) {
        return new Safety(allowedHosts, maxUsers, maxRps, first, deadManSeconds);
    }

    /** How long workers go on without an orchestrator. */
    public Duration deadMan() {
        return Duration.ofMillis(Math.round(deadManSeconds * 1000));
    }
}
