package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vikhry.cluster.RunPlan;
import io.vikhry.orchestrator.metrics.Aggregator;
import io.vikhry.orchestrator.run.RunFolder;
import io.vikhry.orchestrator.run.RunHead;
import io.vikhry.orchestrator.run.RunStore;
import io.vikhry.redis.RedisFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the API tells of runs that were kept before the orchestrator was started. */
@Tag("beside")
class KeptRunsIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @TempDir
    Path home;

    @Test
    void anEarlierRunIsToldInTheShapeOfTheNewestWhateverLiesBesideIt() throws Exception {
        keep("run-1");
        keep("run-2");
        Files.writeString(home.resolve("runs/run-2/report.json"), "");
        try (Orchestrator orchestrator = Orchestrator.start(
                config -> config.redisUrl(redis.url()).cluster("kept").port(0).home(home))) {
            Client client = new Client(orchestrator);

            List<String> fields = new ArrayList<>();
            client.get("/api/v1/metrics").fieldNames().forEachRemaining(fields::add);
            assertThat(client.get("/api/v1/runs/run-1/summary").fieldNames())
                    .toIterable()
                    .containsExactlyInAnyOrderElementsOf(fields);
            assertThat(client.get("/api/v1/runs").path("runs").findValuesAsText("run_id"))
                    .containsExactly("run-1");
        }
    }

    private void keep(String runId) {
        RunPlan plan =
                new RunPlan(runId, 1, "9f2c", "ShopVU", Map.of(), RunPlan.LoadModel.USERS, 42, Map.of("users", 1));
        ObjectNode report = Client.JSON.createObjectNode();
        report.put("started_at", "2026-11-21T22:49:30Z").put("ended_at", "2026-11-21T22:50:30Z");
        RunHead head = new RunHead(plan, "ShopVU", "ShopVU.java", 1, 0, 60.0, 1_795_301_370_000L);
        try (RunFolder folder = new RunStore(home).create(head)) {
            folder.finish(new Aggregator().numbers(0), report);
        }
    }
}
