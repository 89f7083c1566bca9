package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole runs over real HTTP and a real Redis, with workers whose every number is known. */
@Tag("beside")
class OrchestratorIT extends OrchestratorFixture {
    @Test
    void aRunIsPreparedRunChangedStoppedAndReportedExactly() throws Exception {
        try (ContractWorker one = new ContractWorker(redis.url(), "worker-1", 2);
                ContractWorker two = new ContractWorker(redis.url(), "worker-2", 2)) {
            client.awaitReadyWorkers(2);
            JsonNode started = client.post(
                    "/api/v1/test/start", "{\"users\": 11, \"params\": {\"token\": \"t\", \"size\": 5}}", 202);
            String runId = started.path("run_id").asText();
            assertThat(started.path("epoch").asLong()).isEqualTo(1);
            client.awaitState("RUNNING");
            JsonNode pools = client.get("/api/v1/resources").path("pools");
            assertThat(pools.get(0).path("pool").asText()).isEqualTo("users");
            assertThat(pools.get(0).path("created").asInt()).isEqualTo(11);
            client.awaitUsers(11);
            JsonNode workers = client.get("/api/v1/workers").path("workers");
            assertThat(workers.get(0).path("assigned_users").asInt()).isEqualTo(6);
            assertThat(workers.get(1).path("assigned_users").asInt()).isEqualTo(5);

            JsonNode changed = client.post("/api/v1/test/users", "{\"users\": 20}", 202);
            assertThat(changed.path("target_users").asInt()).isEqualTo(20);
            assertThat(changed.path("version").asLong()).isEqualTo(2);
            client.awaitUsers(20);
            assertThat(client.get("/api/v1/resources")
                            .path("pools")
                            .get(0)
                            .path("created")
                            .asInt())
                    .isGreaterThanOrEqualTo(11);
            client.awaitRequests(500);

            client.post("/api/v1/test/stop", "{}", 202);
            client.awaitState("IDLE");

            long sent = one.sent.get() + two.sent.get();
            one.sentMicros.add(two.sentMicros);
            JsonNode report = client.get("/api/v1/runs/" + runId + "/report.json");
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

            JsonNode points = client.get("/api/v1/runs/" + runId + "/series").path("points");
            long inPoints = 0;
            for (JsonNode point : points) {
                inPoints += point.path("rps").asLong();
            }
            assertThat(inPoints).isEqualTo(sent);
            JsonNode summary = client.get("/api/v1/runs/" + runId + "/summary");
            assertThat(summary).isEqualTo(client.get("/api/v1/metrics"));
            assertThat(client.get("/api/v1/runs")
                            .path("runs")
                            .get(0)
                            .path("total_requests")
                            .asLong())
                    .isEqualTo(sent);
            assertThat(Summary.of(report).totalRequests()).isEqualTo(sent);
        }
    }

    @Test
    void aRunEndsByItselfWhenItsDurationIsOver() throws Exception {
        try (ContractWorker one = new ContractWorker(redis.url(), "worker-1", 2)) {
            client.awaitReadyWorkers(1);
            String runId = client.post("/api/v1/test/start", start(3, ", \"duration_s\": 2"), 202)
                    .path("run_id")
                    .asText();
            client.awaitState("RUNNING");
            client.awaitState("IDLE");

            JsonNode report = client.get("/api/v1/runs/" + runId + "/report.json");
            assertThat(report.path("stop_reason").asText()).isEqualTo("duration");
            assertThat(report.path("duration_s").asDouble()).isBetween(2.0, 4.0);
            assertThat(report.path("total_requests").asLong()).isEqualTo(one.sent.get());
            JsonNode run = client.get("/api/v1/test").path("run");
            assertThat(run.path("stop_reason").asText()).isEqualTo("duration");
            assertThat(run.path("ended_at").asLong())
                    .isGreaterThan(run.path("started_at").asLong());
        }
    }

    @Test
    void aStartWhoseResourcesCannotBeMadeFailsWithTheReason() throws Exception {
        try (ContractWorker one = new ContractWorker(redis.url(), "worker-1", 2)) {
            one.failsResources = true;
            client.awaitReadyWorkers(1);
            String runId = client.post("/api/v1/test/start", start(3, ""), 202)
                    .path("run_id")
                    .asText();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !client.get("/api/v1/test").path("last_error").isNull());
            client.awaitState("IDLE");

            assertThat(client.get("/api/v1/test").path("last_error").asText())
                    .contains("pool users has 0 of 3 items", "the factory threw: no luck");
            assertThat(client.get("/api/v1/runs/" + runId + "/report.json")
                            .path("stop_reason")
                            .asText())
                    .isEqualTo("failed");
            assertThat(one.sent.get()).isZero();

            one.failsResources = false;
            client.post("/api/v1/test/start", start(3, ""), 202);
            client.awaitState("RUNNING");
        }
    }

    @Test
    void usersOfAWorkerThatDiedRunElsewhereOnceItsLeaseRanOut() throws Exception {
        ContractWorker dying = new ContractWorker(redis.url(), "worker-1", 2);
        try (ContractWorker other = new ContractWorker(redis.url(), "worker-2", 2)) {
            client.awaitReadyWorkers(2);
            String runId = client.post("/api/v1/test/start", start(8, ""), 202)
                    .path("run_id")
                    .asText();
            client.awaitUsers(8);
            dying.vanish();
            long died = System.nanoTime();
            await().atMost(Duration.ofSeconds(15)).until(() -> assigned("worker-2"), n -> n == 8);

            // The last renewal was up to half a second before.
            assertThat(Duration.ofNanos(System.nanoTime() - died)).isGreaterThan(Duration.ofMillis(4200));
            client.awaitUsers(8);
            JsonNode lost = client.get("/api/v1/test").path("run").path("lost_workers");
            assertThat(lost).hasSize(1);
            assertThat(lost.get(0).path("id").asText()).isEqualTo("worker-1");
            client.post("/api/v1/test/stop", "{}", 202);
            client.awaitState("IDLE");
            assertThat(other.sent.get()).isPositive();
            JsonNode workers =
                    client.get("/api/v1/runs/" + runId + "/report.json").path("workers");
            assertThat(workers.get(0).path("lost_at").asText()).startsWith("20");
            assertThat(workers.get(1).path("lost_at").isNull()).isTrue();
        }
    }

    @Test
    void theWebSocketGivesASnapshotAndThenATickEachSecond() throws Exception {
        try (ContractWorker one = new ContractWorker(redis.url(), "worker-1", 2)) {
            client.awaitReadyWorkers(1);
            List<JsonNode> messages = new CopyOnWriteArrayList<>();
            WebSocket socket = Client.HTTP
                    .newWebSocketBuilder()
                    .buildAsync(
                            URI.create(orchestrator.url().replace("http", "ws") + "/api/v1/ws"), new Listener(messages))
                    .get(10, TimeUnit.SECONDS);
            await().atMost(Duration.ofSeconds(10)).until(() -> !messages.isEmpty());
            String runId = client.post("/api/v1/test/start", start(4, ""), 202)
                    .path("run_id")
                    .asText();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> messages.getLast().path("totals").path("count").asLong() > 100);
            client.post("/api/v1/test/stop", "{}", 202);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> messages.getLast()
                                    .path("test")
                                    .path("run")
                                    .path("stop_reason")
                                    .isTextual()
                            && messages.getLast()
                                    .path("test")
                                    .path("state")
                                    .asText()
                                    .equals("IDLE"));
            socket.abort();

            assertThat(messages.getFirst().path("type").asText()).isEqualTo("snapshot");
            Map<Long, Long> points = new TreeMap<>();
            for (int i = 0; i < messages.size(); i++) {
                JsonNode message = messages.get(i);
                assertThat(message.path("seq").asLong())
                        .isEqualTo(messages.getFirst().path("seq").asLong() + i);
                message.path("points")
                        .forEach(p ->
                                points.put(p.path("t").asLong(), p.path("rps").asLong()));
            }
            JsonNode last = messages.getLast();
            assertThat(last.path("test").path("run").path("run_id").asText()).isEqualTo(runId);
            assertThat(last.path("workers").get(0).path("id").asText()).isEqualTo("worker-1");
            assertThat(last.path("pools").get(0).path("pool").asText()).isEqualTo("users");
            assertThat(last.path("errors").get(0).path("code").asText()).isEqualTo("503");
            assertThat(last.path("totals").path("count").asLong()).isEqualTo(one.sent.get());
            assertThat(points.values().stream().mapToLong(Long::longValue).sum())
                    .as("the points that a client has gathered")
                    .isEqualTo(one.sent.get());
        }
    }

    private int assigned(String workerId) throws Exception {
        for (JsonNode worker : client.get("/api/v1/workers").path("workers")) {
            if (worker.path("id").asText().equals(workerId)) {
                return worker.path("assigned_users").asInt();
            }
        }
        return 0;
    }

    /** Gathers whole messages. */
    private static final class Listener implements WebSocket.Listener {
        private final List<JsonNode> messages;
        private final StringBuilder text = new StringBuilder();

        Listener(List<JsonNode> messages) {
            this.messages = messages;
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                try {
                    messages.add(Client.JSON.readTree(text.toString()));
                } catch (JsonProcessingException e) {
                    throw new IllegalStateException(e);
                }
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }
    }
}
