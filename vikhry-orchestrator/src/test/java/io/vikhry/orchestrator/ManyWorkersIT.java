package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.CommandType;
import io.vikhry.cluster.Cluster;
import io.vikhry.redis.RedisFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bench/run scale} measures with a thousand workers, at a size for every build: nothing is lost, and nothing grows. */
class ManyWorkersIT {
    private static final int WORKERS = 100;

    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @TempDir
    Path home;

    @Test
    void whatAHundredWorkersSendInAnyOrderIsAllThereAndTheStreamIsTrimmed() throws Exception {
        redis.flush();
        try (RedisClient raw = RedisClient.create(redis.url());
                Cluster cluster = Cluster.connect(redis.url(), "default");
                Orchestrator orchestrator = start();
                Throng throng = new Throng(cluster, WORKERS)) {
            RedisCommands<String, String> ask = raw.connect().sync();
            Client client = new Client(orchestrator);
            client.awaitReadyWorkers(WORKERS);
            String runId = client.post("/api/v1/test/start", "{\"users\": 1000}", 202)
                    .path("run_id")
                    .asText();
            client.awaitState("RUNNING");
            int batches = throng.send(runId, 10, 8, new Random(17));
            Histogram sent = throng.sentMicros();
            client.awaitRequests(sent.getTotalCount());
            String stream = "vikhry:{default}:run:" + runId + ":metrics";
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(ask.xlen(stream))
                            .as("entries left of %d", batches)
                            .isLessThanOrEqualTo(1));
            int last = throng.finish(runId);
            client.post("/api/v1/test/stop", "{}", 202);
            client.awaitState("IDLE");

            JsonNode report = client.get("/api/v1/runs/" + runId + "/report.json");
            assertThat(report.path("total_requests").asLong()).isEqualTo(sent.getTotalCount());
            JsonNode response = report.path("response_time_ms");
            assertThat(response.path("p50").asDouble()).isEqualTo(millis(sent.getValueAtPercentile(50)));
            assertThat(response.path("p99").asDouble()).isEqualTo(millis(sent.getValueAtPercentile(99)));
            assertThat(response.path("max").asDouble()).isEqualTo(millis(sent.getMaxValue()));
            JsonNode completeness = report.path("completeness");
            assertThat(completeness.path("batches").asInt()).isEqualTo(batches + last);
            assertThat(completeness.path("missing_batches").asInt()).isZero();
            assertThat(completeness.path("duplicates").asInt()).isEqualTo(batches / 10);
        }
    }

    @Test
    void aRunDoesNotEndBeforeWhatWasSentHasBeenRead() throws Exception {
        redis.flush();
        try (RedisClient raw = RedisClient.create(redis.url());
                Cluster cluster = Cluster.connect(redis.url(), "default");
                Orchestrator orchestrator = start();
                Throng throng = new Throng(cluster, 10)) {
            RedisCommands<String, String> ask = raw.connect().sync();
            Client client = new Client(orchestrator);
            client.awaitReadyWorkers(10);
            String runId = client.post("/api/v1/test/start", "{\"users\": 10}", 202)
                    .path("run_id")
                    .asText();
            client.awaitState("RUNNING");
            // The orchestrator cannot read, for longer than a run waits for its workers' last batches.
            ask.aclSetuser("default", AclSetuserArgs.Builder.removeCommand(CommandType.XREAD));
            try {
                int batches = throng.send(runId, 5, 2, new Random(3)) + throng.finish(runId);
                client.post("/api/v1/test/stop", "{\"drain_s\": 0}", 202);
                await().during(Duration.ofSeconds(10))
                        .atMost(Duration.ofSeconds(12))
                        .until(() -> client.get("/api/v1/test").path("state").asText(), "STOPPING"::equals);
                ask.aclSetuser("default", AclSetuserArgs.Builder.addCommand(CommandType.XREAD));
                client.awaitState("IDLE");

                JsonNode report = client.get("/api/v1/runs/" + runId + "/report.json");
                assertThat(report.path("completeness").path("batches").asInt()).isEqualTo(batches);
                assertThat(report.path("total_requests").asLong())
                        .isEqualTo(throng.sentMicros().getTotalCount());
            } finally {
                ask.aclSetuser("default", AclSetuserArgs.Builder.addCommand(CommandType.XREAD));
            }
        }
    }

    private Orchestrator start() throws Exception {
        Path scenario = Files.writeString(home.resolve("IdleVU.java"), """
                import io.vikhry.api.*;

                public class IdleVU extends VU {
                    @Step(every = "1h") void wake() {}
                }
                """);
        return Orchestrator.start(
                config -> config.redisUrl(redis.url()).port(0).home(home).scenario(scenario.toString()));
    }

    private static double millis(long micros) {
        return micros / 1000.0;
    }
}
