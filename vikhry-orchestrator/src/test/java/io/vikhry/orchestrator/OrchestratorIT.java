package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.redis.RedisFixture;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs over real HTTP and a real Redis, with workers whose every number is known. */
class OrchestratorIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String SCENARIO = """
            import io.vikhry.api.*;
            import java.net.URI;

            public class ShopVU extends VU {
                public enum Mode { FAST, SLOW }

                @Param(description = "Base URL") URI baseUrl = URI.create("http://127.0.0.1:9000");
                @Param int size = 3;
                @Param Mode mode = Mode.FAST;
                @Param String token;

                public record Account(String name) {}

                @Resource("users")
                static Account account(ResourceContext ctx) {
                    return new Account("user-" + ctx.id());
                }

                @Step(weight = 3, every = "200ms..1s")
                void catalog() {}

                @Step(requires = "catalog", timeout = "5s")
                void buy() {}
            }
            """;

    @TempDir
    static Path home;

    private Orchestrator orchestrator;

    @BeforeEach
    void start() throws Exception {
        redis.flush();
        Path scenario = Files.writeString(home.resolve("ShopVU.java"), SCENARIO);
        orchestrator = Orchestrator.start(
                config -> config.redisUrl(redis.url()).port(0).home(home).scenario(scenario.toString()));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> get("/ready").path("leader").asBoolean());
    }

    @AfterEach
    void stop() {
        orchestrator.close();
    }

    @Test
    void aRunIsPreparedRunChangedStoppedAndReportedExactly() throws Exception {
        try (ContractWorker one = new ContractWorker(redis.url(), "worker-1", 2);
                ContractWorker two = new ContractWorker(redis.url(), "worker-2", 2)) {
            awaitWorkers(2);
            JsonNode started =
                    post("/api/v1/test/start", "{\"users\": 11, \"params\": {\"token\": \"t\", \"size\": 5}}", 202);
            String runId = started.path("run_id").asText();
            assertThat(started.path("epoch").asLong()).isEqualTo(1);
            awaitState("RUNNING");
            JsonNode pools = get("/api/v1/resources").path("pools");
            assertThat(pools.get(0).path("pool").asText()).isEqualTo("users");
            assertThat(pools.get(0).path("created").asInt()).isEqualTo(11);
            awaitUsers(11);
            JsonNode workers = get("/api/v1/workers").path("workers");
            assertThat(workers.get(0).path("assigned_users").asInt()).isEqualTo(6);
            assertThat(workers.get(1).path("assigned_users").asInt()).isEqualTo(5);

            JsonNode changed = post("/api/v1/test/users", "{\"users\": 20}", 202);
            assertThat(changed.path("target_users").asInt()).isEqualTo(20);
            assertThat(changed.path("version").asLong()).isEqualTo(2);
            awaitUsers(20);
            assertThat(get("/api/v1/resources")
                            .path("pools")
                            .get(0)
                            .path("created")
                            .asInt())
                    .isGreaterThanOrEqualTo(11);
            awaitRequests(500);

            post("/api/v1/test/stop", "{}", 202);
            awaitState("IDLE");

            long sent = one.sent.get() + two.sent.get();
            one.sentMicros.add(two.sentMicros);
            JsonNode report = get("/api/v1/runs/" + runId + "/report.json");
            assertThat(report.path("total_requests").asLong()).isEqualTo(sent);
            assertThat(report.path("total_failures").asLong()).isEqualTo(sent / ContractWorker.RATE);
            assertThat(report.path("latency_ms").path("p99").asDouble())
                    .isEqualTo(one.sentMicros.getValueAtPercentile(99) / 1000.0);
            assertThat(report.path("response_time_ms").path("p999").asDouble())
                    .isEqualTo(one.sentMicros.getValueAtPercentile(99.9) / 1000.0);
            assertThat(report.path("service_time_ms").path("max").asDouble())
                    .isEqualTo(one.sentMicros.getMaxValue() / 1000.0);
            assertThat(report.path("endpoints")
                            .path("GET /catalog")
                            .path("total_requests")
                            .asLong())
                    .isEqualTo(sent);
            assertThat(report.path("steps")
                            .path("catalog")
                            .path("total_requests")
                            .asLong())
                    .isEqualTo(sent);
            assertThat(report.path("completeness").path("ratio").asDouble()).isEqualTo(1.0);
            assertThat(report.path("stop_reason").asText()).isEqualTo("requested");
            assertThat(report.path("params").path("size").asText()).isEqualTo("5");
            assertThat(report.path("target_users").asInt()).isEqualTo(20);

            JsonNode points = get("/api/v1/runs/" + runId + "/series").path("points");
            long inPoints = 0;
            for (JsonNode point : points) {
                inPoints += point.path("rps").asLong();
            }
            assertThat(inPoints).isEqualTo(sent);
            JsonNode summary = get("/api/v1/runs/" + runId + "/summary");
            assertThat(summary).isEqualTo(get("/api/v1/metrics"));
            assertThat(get("/api/v1/runs")
                            .path("runs")
                            .get(0)
                            .path("total_requests")
                            .asLong())
                    .isEqualTo(sent);
            assertThat(Summary.of(report).totalRequests()).isEqualTo(sent);
        }
    }

    private void awaitWorkers(int count) {
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            JsonNode workers = get("/api/v1/workers").path("workers");
            long ready = 0;
            for (JsonNode worker : workers) {
                ready += worker.path("phase").asText().equals("READY") ? 1 : 0;
            }
            return ready == count;
        });
    }

    private void awaitState(String state) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/api/v1/test").path("state").asText(), state::equals);
    }

    private void awaitUsers(int users) {
        await().atMost(Duration.ofSeconds(10))
                .until(
                        () -> get("/api/v1/test")
                                .path("run")
                                .path("active_users")
                                .asInt(),
                        n -> n == users);
    }

    private void awaitRequests(long count) {
        await().atMost(Duration.ofSeconds(15))
                .until(() -> get("/api/v1/metrics").path("totals").path("count").asLong(), n -> n >= count);
    }

    private JsonNode get(String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(orchestrator.url() + path)).build();
        return JSON.readTree(
                HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    private JsonNode post(String path, String body, int status) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(orchestrator.url() + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return JSON.readTree(response.body());
    }
}
