package io.vikhry.cli.remote;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.vikhry.cli.Failure;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.Halt;
import io.vikhry.cluster.Transition;

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
        try (Cluster joined = Cluster.connect(redisUrl, cluster)) {
            Transition killed = joined.halts().order(Halt.Kind.KILL, who());
            String runId = killed.state().runId();
            if (!killed.done() || runId == null) {
                throw Failure.environment("no run is under way in cluster " + cluster);
            }
            return new Kill(runId, "redis", "run " + runId + " is killed; " + reporter(joined));
        }
    }

    private static String reporter(Cluster cluster) {
        try {
            return cluster.leader().current().isPresent()
                    ? "the orchestrator writes its report"
                    : "no orchestrator leads the cluster; the next one writes the report";
        } catch (ClusterException e) {
            return "who leads the cluster writes its report";
        }
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
