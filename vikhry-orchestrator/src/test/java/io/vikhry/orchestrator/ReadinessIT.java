package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vikhry.redis.RedisFixture;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What an orchestrator says that cannot lead, or has nothing to lead. */
@Tag("beside")
class ReadinessIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    private static final String JSON = "application/json";

    @TempDir
    Path home;

    @Test
    void withoutAScenarioNothingCanBeStarted() throws Exception {
        try (Orchestrator other = Orchestrator.start(
                config -> config.redisUrl(redis.url()).cluster("empty").port(0).home(home.resolve("empty")))) {
            Client asked = new Client(other);
            asked.awaitLeader();
            Client.refused(asked.send("GET", "/api/v1/scenario", ""), 409, "no_scenario");
            Client.refused(
                    asked.send("POST", "/api/v1/test/start", "{\"users\": 1}", "Content-Type", JSON),
                    409,
                    "no_scenario");
            assertThat(asked.get("/api/v1/metrics").path("totals").path("count").asLong())
                    .isZero();
        }
    }

    @Test
    void aSecondOrchestratorWaitsAndTakesOver() throws Exception {
        Orchestrator first = Orchestrator.start(
                config -> config.redisUrl(redis.url()).cluster("two").port(0).home(home.resolve("two")));
        new Client(first).awaitLeader();
        try (Orchestrator second = Orchestrator.start(
                config -> config.redisUrl(redis.url()).cluster("two").port(0).home(home.resolve("two")))) {
            Client asked = new Client(second);
            Client.refused(
                    asked.send("POST", "/api/v1/test/start", "{\"users\": 1}", "Content-Type", JSON),
                    503,
                    "not_leader");
            assertThat(asked.send("GET", "/ready", "").statusCode()).isEqualTo(503);
            assertThat(asked.send("HEAD", "/ready", "").statusCode())
                    .as("a load balancer may ask for no more")
                    .isEqualTo(503);
            first.close();
            asked.awaitLeader();
            assertThat(asked.send("GET", "/ready", "").statusCode()).isEqualTo(200);
        } finally {
            first.close();
        }
    }

    @Test
    void withoutRedisChangesAreRefusedAndReadinessSaysSo() throws Exception {
        RedisFixture mortal = RedisFixture.open();
        try (Orchestrator other = Orchestrator.start(
                config -> config.redisUrl(mortal.url()).port(0).home(home.resolve("mortal")))) {
            Client asked = new Client(other);
            asked.awaitLeader();
            mortal.close();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> asked.send("GET", "/ready", "").statusCode() == 503);
            assertThat(asked.get("/ready").path("redis").asBoolean()).isFalse();
            assertThat(asked.send("GET", "/health", "").statusCode()).isEqualTo(200);
            assertThat(asked.send("GET", "/api/v1/test", "").statusCode()).isEqualTo(200);
            Client.refused(
                    asked.send("POST", "/api/v1/test/start", "{\"users\": 1}", "Content-Type", JSON),
                    503,
                    "redis_unavailable");
        }
    }

    @Test
    void aBusyPortIsNamedWithTheRemedy() throws Exception {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> Orchestrator.start(config -> config.redisUrl(redis.url())
                            .cluster("busy")
                            .port(busy.getLocalPort())
                            .home(home)))
                    .isInstanceOf(OrchestratorException.class)
                    .hasMessageContaining("Port " + busy.getLocalPort())
                    .hasMessageContaining("--port 0")
                    .message()
                    .doesNotContain("\n");
        }
    }
}
