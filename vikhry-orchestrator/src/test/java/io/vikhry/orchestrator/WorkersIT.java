package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.vikhry.redis.RedisFixture;
import io.vikhry.worker.Worker;
import io.vikhry.worker.WorkerOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The whole path with real workers: a scenario's requests arrive at a server, and the report counts what the server counted. */
class WorkersIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @TempDir
    static Path home;

    @Test
    void theReportCountsWhatTheServerCounted() throws Exception {
        AtomicLong served = new AtomicLong();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            served.incrementAndGet();
            byte[] body = "ok".getBytes(StandardCharsets.US_ASCII);
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/broken") ? 503 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        Path scenario = Files.writeString(home.resolve("ShopVU.java"), """
                import io.vikhry.api.*;
                import java.net.URI;

                public class ShopVU extends VU {
                    @Param URI baseUrl;

                    public record Account(String name) {}

                    @Resource("users")
                    static Account account(ResourceContext ctx) {
                        return new Account("user-" + ctx.id());
                    }

                    Http http;

                    @Override public void onInit() {
                        http = http(baseUrl).build();
                    }

                    @Override public void onStart() {
                        resources().acquire("users", Account.class);
                    }

                    @Step(every = "100ms") void good() {
                        http.get("/good").send().expectStatus(200);
                    }

                    @Step(every = "200ms") void broken() {
                        http.get("/broken").send().expectStatus(200);
                    }
                }
                """);
        try (Orchestrator orchestrator = Orchestrator.start(config ->
                        config.redisUrl(redis.url()).port(0).home(home).scenario(scenario.toString()));
                Worker one = Worker.start(options("worker-1"));
                Worker two = Worker.start(options("worker-2"))) {
            assertThat(one.awaitReady(Duration.ofSeconds(20))).isTrue();
            assertThat(two.awaitReady(Duration.ofSeconds(20))).isTrue();
            Client client = new Client(orchestrator);
            client.awaitReadyWorkers(2);
            String base = "http://127.0.0.1:" + server.getAddress().getPort();
            String runId = client.post(
                            "/api/v1/test/start", "{\"users\": 6, \"params\": {\"baseUrl\": \"" + base + "\"}}", 202)
                    .path("run_id")
                    .asText();
            client.awaitState("RUNNING");
            client.awaitUsers(6);
            client.awaitRequests(100);
            client.post("/api/v1/test/users", "{\"users\": 9}", 202);
            client.awaitUsers(9);
            client.post("/api/v1/test/users", "{\"users\": 2}", 202);
            client.awaitUsers(2);
            client.post("/api/v1/test/stop", "{}", 202);
            client.awaitState("IDLE");

            JsonNode report = client.get("/api/v1/runs/" + runId + "/report.json");
            assertThat(report.path("total_requests").asLong())
                    .isEqualTo(served.get())
                    .isGreaterThan(100);
            assertThat(report.path("by_code").path("200").asLong())
                    .isEqualTo(report.path("endpoints")
                            .path("GET /good")
                            .path("total_requests")
                            .asLong());
            assertThat(report.path("endpoints")
                            .path("GET /broken")
                            .path("error_rate")
                            .asDouble())
                    .isEqualTo(1.0);
            assertThat(report.path("completeness").path("ratio").asDouble()).isEqualTo(1.0);
            assertThat(report.path("workers")).hasSize(2);
            assertThat(report.path("errors").get(0).path("series").asText()).contains("broken");
            assertThat(client.get("/api/v1/resources")
                            .path("pools")
                            .get(0)
                            .path("created")
                            .asInt())
                    .isGreaterThanOrEqualTo(6);
        } finally {
            server.stop(0);
            threads.shutdownNow();
        }
    }

    private static WorkerOptions options(String id) {
        return WorkerOptions.of(redis.url(), "default", id);
    }
}
