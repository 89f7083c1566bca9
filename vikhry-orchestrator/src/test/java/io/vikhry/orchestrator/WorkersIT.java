package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.lettuce.core.RedisClient;
import io.vikhry.redis.RedisFixture;
import io.vikhry.worker.Worker;
import io.vikhry.worker.WorkerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The whole path with real workers: a scenario's requests arrive at a server, and the report counts what the server counted. */
@Tag("beside")
class WorkersIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @TempDir
    static Path home;

    @Test
    void theReportCountsWhatTheServerCounted() throws Exception {
        AtomicLong served = new AtomicLong();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpServer server = serve(served, threads);
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

    @Test
    void theReportCountsWhatTheServerCountedThroughTimeoutsClosedConnectionsAndAStop() throws Exception {
        AtomicLong served = new AtomicLong();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpServer server = serve(served, threads);
        Path scenario = Files.writeString(home.resolve("RoughVU.java"), """
                import static java.time.Duration.ofMillis;
                import io.vikhry.api.*;
                import java.net.URI;

                public class RoughVU extends VU {
                    @Param URI baseUrl;
                    Http http;

                    @Override public void onInit() { http = http(baseUrl).build(); }

                    @Step(every = "50ms") void kept() { http.get("/good").send(); }
                    @Step(every = "70ms") void closed() { http.get("/closed").send(); }
                    @Step(every = "90ms") void cut() { http.post("/cut").send(); }
                    @Step(every = "500ms") void late() { http.get("/slow").timeout(ofMillis(300)).send(); }
                    @Step(every = "1s") void long_() { http.get("/slow").name("stopped").send(); }
                }
                """);
        redis.flush();
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
                            "/api/v1/test/start", "{\"users\": 20, \"params\": {\"baseUrl\": \"" + base + "\"}}", 202)
                    .path("run_id")
                    .asText();
            client.awaitState("RUNNING");
            client.awaitRequests(200);
            client.post("/api/v1/test/stop", "{\"drain_s\": 0}", 202);
            client.awaitState("IDLE");

            JsonNode report = client.get("/api/v1/runs/" + runId + "/report.json");
            assertThat(report.path("by_code").fieldNames())
                    .toIterable()
                    .as("%s", report.path("by_code"))
                    .hasSizeGreaterThanOrEqualTo(3);
            long sent = 0;
            for (JsonNode endpoint : report.path("endpoints")) {
                for (JsonNode phase : endpoint.path("phases")) {
                    sent += phase.path("phase").asText().equals("send")
                            ? phase.path("count").asLong()
                            : 0;
                }
            }
            assertThat(sent).as("%s", report.path("endpoints")).isEqualTo(served.get());
            // A stop may cut a request that is still connecting: it is reported, though the server has not seen it.
            assertThat(report.path("total_requests").asLong() - sent)
                    .as("%s", report.path("by_code"))
                    .isBetween(0L, report.path("by_code").path("CANCELLED").asLong());
            assertThat(report.path("completeness").path("ratio").asDouble()).isEqualTo(1.0);
        } finally {
            server.stop(0);
            threads.shutdownNow();
        }
    }

    /** Counts each request; some paths are slow, close the connection after the answer, or cut it instead of one. */
    private static HttpServer serve(AtomicLong served, ExecutorService threads) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            served.incrementAndGet();
            try (exchange) {
                String path = exchange.getRequestURI().getPath();
                exchange.getRequestBody().readAllBytes();
                if (path.equals("/cut")) {
                    return;
                }
                if (path.equals("/slow")) {
                    LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
                }
                if (path.equals("/closed")) {
                    exchange.getResponseHeaders().set("Connection", "close");
                }
                byte[] body = "ok".getBytes(StandardCharsets.US_ASCII);
                exchange.sendResponseHeaders(path.equals("/broken") ? 503 : 200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        return server;
    }

    /** A user is data that a worker derives: no command to Redis is made for one. */
    @Test
    void twentyThousandUsersAreAssignedInAsManyMessagesAsTwenty() throws Exception {
        Path scenario = Files.writeString(home.resolve("IdleVU.java"), """
                import io.vikhry.api.*;

                public class IdleVU extends VU {
                    @Step(every = "1h") void wake() {}
                }
                """);
        redis.flush();
        try (RedisClient statistics = RedisClient.create(redis.url());
                Orchestrator orchestrator = Orchestrator.start(config ->
                        config.redisUrl(redis.url()).port(0).home(home).scenario(scenario.toString()));
                Worker one = Worker.start(options("worker-1"));
                Worker two = Worker.start(options("worker-2"))) {
            assertThat(one.awaitReady(Duration.ofSeconds(20))).isTrue();
            assertThat(two.awaitReady(Duration.ofSeconds(20))).isTrue();
            Client client = new Client(orchestrator);
            client.awaitReadyWorkers(2);
            try (var connection = statistics.connect()) {
                for (int users : List.of(20, 20_000)) {
                    connection.sync().configResetstat();
                    long asked = System.nanoTime();
                    client.post("/api/v1/test/start", "{\"users\": " + users + "}", 202);
                    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(2));
                    client.awaitUsers(users);
                    // What the clock makes, a few hundred in a second, is of the same size for both.
                    assertThat(calls(connection.sync().info("commandstats")))
                            .as("commands for %d users", users)
                            .isLessThan(10_000);
                    client.post("/api/v1/test/stop", "{}", 202);
                    client.awaitState("IDLE");
                    client.awaitReadyWorkers(2);
                }
            }
        }
    }

    private static long calls(String commandStatistics) {
        return Pattern.compile("^cmdstat_[^:]+:calls=(\\d+)", Pattern.MULTILINE)
                .matcher(commandStatistics)
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
    }

    private static WorkerOptions options(String id) {
        return WorkerOptions.of(redis.url(), "default", id);
    }
}
