package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs that outlive their orchestrator, or what Redis knew of them. */
@Tag("beside")
class TakeoverIT extends OrchestratorFixture {
    @Test
    void anOrchestratorThatIsStartedAgainGoesOnWithTheRunAndItsNumbers() throws Exception {
        try (ContractWorker one = join()) {
            String runId = client.post("/api/v1/test/start", start(5, ""), 202)
                    .path("run_id")
                    .asText();
            client.awaitRequests(100);
            orchestrator.close();
            open();
            client.awaitState("RUNNING");
            client.awaitRequests(one.sent.get() + 50);
            client.post("/api/v1/test/stop", "{}", 202);
            client.awaitState("IDLE");

            JsonNode report = client.get("/api/v1/runs/" + runId + "/report.json");
            assertThat(report.path("stop_reason").asText()).isEqualTo("requested");
            assertThat(report.path("total_requests").asLong()).isEqualTo(one.sent.get());
            assertThat(report.path("completeness").path("missing_batches").asLong())
                    .isZero();
            assertThat(report.path("interruptions").get(0).path("what").asText())
                    .contains("no orchestrator");

            orchestrator.close();
            open();
            assertThat(client.get("/api/v1/metrics")
                            .path("totals")
                            .path("count")
                            .asLong())
                    .as("the last run's numbers after another start")
                    .isEqualTo(one.sent.get());
        }
    }

    @Test
    void aRunOfWhichNothingLegibleWasNotedEndsAndTheClusterIsFreeForTheNext() throws Exception {
        try (ContractWorker one = join()) {
            String runId = leave();
            redis(commands -> commands.set(key(runId, "course"), "{\"revision\": "));
            Files.writeString(home.resolve("runs").resolve(runId).resolve("course.json"), "{\"head\": 1}");
            open();
            client.awaitState("IDLE");

            JsonNode report = client.get("/api/v1/runs/" + runId + "/report.json");
            assertThat(report.path("stop_reason").asText()).isEqualTo("failed");
            assertThat(report.path("error").asText()).contains("without what its leader had noted");
            assertThat(report.path("total_requests").asLong())
                    .as("what was kept is reported all the same")
                    .isEqualTo(one.sent.get());
            begin(2);
        }
    }

    @Test
    void aRunWhosePlanNobodyKnowsIsGivenUpAndTheClusterIsFreeForTheNext() throws Exception {
        try (ContractWorker one = join()) {
            String runId = leave();
            one.close();
            redis(commands -> commands.del(key(runId, "course"), key(runId, "plan")));
            Files.move(home.resolve("runs").resolve(runId), home.resolve("elsewhere-" + runId));
            open();
            client.awaitState("IDLE");

            assertThat(client.get("/api/v1/test").path("last_error").asText())
                    .isEqualTo("run " + runId + " was given up: neither Redis nor the disk knows its plan");
        }
        try (ContractWorker next = join()) {
            begin(2);
        }
    }

    @Test
    void whoCouldNotTakeARunOverAtFirstLeadsItAsSoonAsItCan() throws Exception {
        try (ContractWorker one = join()) {
            String runId = leave();
            Path other = Files.createDirectories(home.resolve("other-" + runId).resolve("runs"));
            Path inTheWay = Files.createFile(other.resolve(runId));
            orchestrator = Orchestrator.start(config ->
                    config.redisUrl(redis.url()).port(0).home(other.getParent()).scenario(scenario));
            client = new Client(orchestrator);
            await().during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> client.send("GET", "/ready", "").statusCode() == 503);

            Files.delete(inTheWay);
            client.awaitLeader();
            client.awaitState("RUNNING");
            client.post("/api/v1/test/stop", "{}", 202);
            client.awaitState("IDLE");
            assertThat(one.sent.get()).isPositive();
        }
    }

    @Test
    void aRunGoesOnWhenRedisLosesAllItsData() throws Exception {
        ContractWorker one = join();
        try {
            String runId = begin(5);
            redis.flush();
            // It finds its lease gone and joins again, as a worker does.
            one.close();
            one = new ContractWorker(redis.url(), "worker-1", 2);
            long before =
                    client.get("/api/v1/metrics").path("totals").path("count").asLong();
            client.awaitRequests(before + 50);

            JsonNode test = client.get("/api/v1/test");
            assertThat(test.path("state").asText()).isEqualTo("RUNNING");
            assertThat(test.path("run").path("run_id").asText()).isEqualTo(runId);
            client.post("/api/v1/test/stop", "{}", 202);
            client.awaitState("IDLE");
        } finally {
            one.close();
        }
    }

    /** A worker that is there and ready. */
    private ContractWorker join() {
        ContractWorker worker = new ContractWorker(redis.url(), "worker-1", 2);
        client.awaitReadyWorkers(1);
        return worker;
    }

    /** Begins a run whose orchestrator ends. */
    private String leave() throws Exception {
        String runId = begin(5);
        orchestrator.close();
        return runId;
    }

    private static String key(String runId, String part) {
        return "vikhry:{default}:run:" + runId + ":" + part;
    }

    private static void redis(Consumer<RedisCommands<String, String>> commands) {
        try (RedisClient raw = RedisClient.create(redis.url());
                var connection = raw.connect()) {
            commands.accept(connection.sync());
        }
    }
}
