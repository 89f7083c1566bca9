package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.redis.RedisFixture;
import io.vikhry.worker.Worker;
import io.vikhry.worker.WorkerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A scenario may end its run. */
@Tag("beside")
class AbortIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @TempDir
    static Path home;

    @BeforeEach
    void clear() {
        redis.flush();
    }

    @Test
    void aFailedStepEndsTheRunOnAllWorkersAndTheReportSaysWhy() throws Exception {
        Path scenario = Files.writeString(home.resolve("PayVU.java"), """
                import io.vikhry.api.*;
                import java.time.Duration;

                public class PayVU extends VU {
                    @Step(every = "50ms") void look() {}
                    @Step(every = "1s", onError = OnError.ABORT_RUN) void pay() {
                        if (id() == 3) throw new IllegalStateException("no money left");
                    }
                }
                """);
        try (Orchestrator orchestrator = Orchestrator.start(config ->
                        config.redisUrl(redis.url()).port(0).home(home).scenario(scenario.toString()));
                Worker one = Worker.start(WorkerOptions.of(redis.url(), "default", "worker-1"));
                Worker two = Worker.start(WorkerOptions.of(redis.url(), "default", "worker-2"))) {
            assertThat(one.awaitReady(Duration.ofSeconds(20))).isTrue();
            assertThat(two.awaitReady(Duration.ofSeconds(20))).isTrue();
            Client client = new Client(orchestrator);
            client.awaitReadyWorkers(2);
            String runId = client.post("/api/v1/test/start", "{\"users\": 6, \"duration_s\": 300}", 202)
                    .path("run_id")
                    .asText();
            client.awaitState("RUNNING");
            client.awaitState("IDLE");

            JsonNode report = client.get("/api/v1/runs/" + runId + "/report.json");
            assertThat(report.path("stop_reason").asText()).isEqualTo("aborted");
            assertThat(report.path("error").asText())
                    .startsWith("step \"pay\" of user 3 failed: EXCEPTION, IllegalStateException: no money left (on")
                    .contains("worker-");
            assertThat(report.path("completeness").path("ratio").asDouble()).isEqualTo(1.0);
            client.awaitReadyWorkers(2);
            client.post("/api/v1/test/start", "{\"users\": 2, \"duration_s\": 1}", 202);
            client.awaitState("RUNNING");
            client.awaitState("IDLE");
            assertThat(client.get("/api/v1/test")
                            .path("run")
                            .path("stop_reason")
                            .asText())
                    .as("the run before leaves nothing behind")
                    .isEqualTo("duration");
        }
    }

    @Test
    void usersThatFailToBeginAreCountedByReason() throws Exception {
        Path scenario = Files.writeString(home.resolve("BrokenVU.java"), """
                import io.vikhry.api.*;

                public class BrokenVU extends VU {
                    @Override public void onInit() {
                        if (id() < 12) throw new IllegalStateException("no such host");
                    }
                    @Override public void onStart() {
                        throw new IllegalArgumentException("wrong password");
                    }
                    @Step void never() {}
                }
                """);
        redis.flush();
        try (Orchestrator orchestrator = Orchestrator.start(config ->
                        config.redisUrl(redis.url()).port(0).home(home).scenario(scenario.toString()));
                Worker one = Worker.start(WorkerOptions.of(redis.url(), "default", "worker-1"));
                Worker two = Worker.start(WorkerOptions.of(redis.url(), "default", "worker-2"))) {
            assertThat(one.awaitReady(Duration.ofSeconds(20))).isTrue();
            assertThat(two.awaitReady(Duration.ofSeconds(20))).isTrue();
            Client client = new Client(orchestrator);
            client.awaitReadyWorkers(2);
            String runId = client.post("/api/v1/test/start", "{\"users\": 20}", 202)
                    .path("run_id")
                    .asText();
            client.awaitState("RUNNING");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> client.get("/api/v1/test")
                                    .path("run")
                                    .path("failed_users")
                                    .path("count")
                                    .asInt()
                            >= 20);
            client.post("/api/v1/test/stop", "{}", 202);
            client.awaitState("IDLE");

            JsonNode failed =
                    client.get("/api/v1/runs/" + runId + "/report.json").path("failed_users");
            // Who failed tries again and may fail again.
            assertThat(failed).isEqualTo(client.get("/api/v1/test").path("run").path("failed_users"));
            assertThat(failed.path("reasons"))
                    .extracting(reason -> reason.path("in").asText() + " "
                            + reason.path("message").asText())
                    .containsExactlyInAnyOrder(
                            "onInit IllegalStateException: no such host",
                            "onStart IllegalArgumentException: wrong password");
            assertThat(failed.path("reasons").get(0).path("count").asInt()
                            + failed.path("reasons").get(1).path("count").asInt())
                    .isEqualTo(failed.path("count").asInt())
                    .isGreaterThanOrEqualTo(20);
        }
    }

    @Test
    void theWorstConditionOfAWorkerStaysWithTheRun() throws Exception {
        String scenario = Scenarios.shop(home);
        try (Orchestrator orchestrator = Orchestrator.start(config ->
                        config.redisUrl(redis.url()).port(0).home(home).scenario(scenario));
                ContractWorker worker = new ContractWorker(redis.url(), "worker-1", 2)) {
            Client client = new Client(orchestrator);
            client.awaitReadyWorkers(1);
            String runId = client.post(
                            "/api/v1/test/start", "{\"users\": 2, \"params\": {\"token\": \"t\", \"size\": 5}}", 202)
                    .path("run_id")
                    .asText();
            client.awaitState("RUNNING");
            client.awaitUsers(2);
            worker.health = new WorkerStatus.Health(
                    WorkerStatus.Condition.SATURATED,
                    List.of("loop lag p99 is 80 ms"),
                    0.2,
                    0.2,
                    1,
                    1,
                    0,
                    800,
                    0.9,
                    80_000,
                    0,
                    0);
            client.awaitHealth("saturated");
            long before = worker.sent.get();
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> worker.sent.get() >= before + 2 * 2 * ContractWorker.RATE);
            worker.health = WorkerStatus.Health.fine(0.1, 1, 1, 0.1, 300);
            client.awaitHealth("healthy");
            client.post("/api/v1/test/stop", "{}", 202);
            client.awaitState("IDLE");

            JsonNode health =
                    client.get("/api/v1/runs/" + runId + "/report.json").path("health");
            assertThat(health.path("state").asText()).isEqualTo("saturated");
            assertThat(health.path("worker").asText()).isEqualTo("worker-1");
            assertThat(health.path("reasons").get(0).asText()).isEqualTo("loop lag p99 is 80 ms");
            assertThat(health.path("saturated_s").asLong()).isPositive();
        }
    }
}
