package io.vikhry.cli.remote;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.vikhry.cli.Failure;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.KillSwitch;

/**
 * A pull of the kill switch, by the way that was open.
 *
 * @param runId the run that ends
 * @param by {@code redis} or {@code orchestrator}
 * @param words what to tell
 */
public record Kill(String runId, String by, String words) {
    /**
     * Writes the order where the workers look for it; nobody else is needed.
     *
     * @throws ClusterException if Redis does not take it
     */
    public static Kill byRedis(String redisUrl, String cluster) {
        KillSwitch.Pulled pulled = KillSwitch.pull(redisUrl, cluster, who());
        String runId = pulled.killed().state().runId();
        if (!pulled.killed().done() || runId == null) {
            throw Failure.environment("no run is under way in cluster " + cluster);
        }
        String reporter = pulled.led()
                .map(led -> led
                        ? "the orchestrator writes its report"
                        : "no orchestrator leads the cluster; the next one writes the report")
                .orElse("who leads the cluster writes its report");
        return new Kill(runId, "redis", "run " + runId + " is killed; " + reporter);
    }

    /** Asks the orchestrator to. */
    public static Kill byOrchestrator(Api api) {
        String runId = api.post("/api/v1/test/kill", JsonNodeFactory.instance.objectNode())
                .path("run_id")
                .asText();
        return new Kill(runId, "orchestrator", "run " + runId + " is killed; the orchestrator writes its report");
    }

    private static String who() {
        return System.getProperty("user.name", "somebody") + " with vikhry test kill";
    }
}
