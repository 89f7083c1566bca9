package io.vikhry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.cli.demo.Shop;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("beside")
class InfraIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    private Command vikhry;

    @BeforeEach
    void command() {
        vikhry = new Command(dir);
    }

    @AfterEach
    void clean() {
        vikhry.clean();
    }

    @Test
    void upStartChangeStatusStopDown() throws Exception {
        String scenario =
                Command.distribution().resolve("examples/shop/ShopVU.java").toString();
        try (Shop shop = Shop.start(0, 42)) {
            String[] up = {
                "infra", "up", "--worker-count", "2", "--scenario", scenario, "--port", "0", "--cluster", "shop"
            };
            vikhry.run(up).expect(0);
            JsonNode infra = JSON.readTree(
                    vikhry.run("infra", "status", "--json").expect(0).out());
            assertThat(infra.path("processes"))
                    .hasSize(3)
                    .allMatch(p -> p.path("alive").asBoolean());
            assertThat(infra.path("state").asText()).isEqualTo("IDLE");
            vikhry.run("infra", "up", "--worker-count", "1", "--scenario", scenario)
                    .expect(Failure.ENVIRONMENT);

            vikhry.run("test", "start", "--users", "5", "--param", "baseUrl=" + shop.url())
                    .expect(0);
            awaitUsers(5);
            vikhry.run("test", "start", "--users", "5").expect(Failure.ENVIRONMENT);
            vikhry.run("test", "change-users", "--users", "8").expect(0);
            awaitUsers(8);
            awaitLeased(infra.path("url").asText(), 8);
            vikhry.run("test", "stop").expect(0);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> status().path("state").asText().equals("IDLE"));
            assertThat(status().path("run").path("stop_reason").asText()).isEqualTo("requested");
            assertThat(vikhry.run("infra", "logs").expect(0).out()).contains("== worker-2");

            vikhry.run("test", "start", "--users", "5", "--param", "baseUrl=" + shop.url())
                    .expect(0);
            awaitUsers(5);
            assertThat(vikhry.run("test", "kill").expect(0).out())
                    .as("of the cluster that was started here, whatever its name")
                    .contains("is killed; the orchestrator writes its report");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> status().path("state").asText().equals("IDLE"));
            assertThat(vikhry.run("test", "status").expect(0).out())
                    .contains("verdict INVALID", "the run was killed by");

            vikhry.run("infra", "down").expect(0);
            vikhry.expectNothingLeft();
            assertThat(vikhry.run("infra", "down").expect(0).out()).contains("nothing is up");
        }
    }

    @Test
    void redisStaysOnItsOwn() throws Exception {
        vikhry.run("infra", "redis", "start", "--redis", "bundled").expect(0);
        assertThat(vikhry.run("infra", "redis", "start").expect(0).out()).contains("runs already");
        JsonNode status = JSON.readTree(
                vikhry.run("infra", "redis", "status", "--json").expect(0).out());
        assertThat(status.path("running").asBoolean()).isTrue();
        assertThat(status.path("url").asText()).contains(":***@");
        vikhry.run("infra", "redis", "flush").expect(Failure.USAGE);
        vikhry.run("infra", "redis", "flush", "--yes").expect(0);
        vikhry.run("infra", "redis", "stop").expect(0);
        vikhry.expectNothingLeft();
        vikhry.run("infra", "redis", "status").expect(Failure.ENVIRONMENT);
    }

    private void awaitUsers(int users) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(
                                status().path("run").path("active_users").asInt())
                        .isEqualTo(users));
    }

    /** Every user holds an account, those too that came during the run. */
    private static void awaitLeased(String url, int users) {
        URI resources = URI.create(url).resolve("/api/v1/resources");
        try (HttpClient http = HttpClient.newHttpClient()) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(JSON.readTree(http.send(
                                                    HttpRequest.newBuilder(resources)
                                                            .build(),
                                                    BodyHandlers.ofString())
                                            .body())
                                    .path("pools")
                                    .path(0)
                                    .path("leased")
                                    .asInt())
                            .isEqualTo(users));
        }
    }

    private JsonNode status() throws Exception {
        return JSON.readTree(vikhry.run("test", "status", "--json").expect(0).out());
    }
}
