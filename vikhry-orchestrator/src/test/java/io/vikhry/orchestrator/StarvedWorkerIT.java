package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.vikhry.redis.RedisFixture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A generator that is short of CPU says so before its figures are wrong. */
@Timeout(120)
class StarvedWorkerIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @TempDir
    static Path home;

    private final ConcurrentHistogram target = new ConcurrentHistogram(3);

    @Test
    void aWorkerHeldToAFifthOfACoreIsSaturatedBeforeItsP99IsTenPercentOff() throws Exception {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            long begin = System.nanoTime();
            for (long left = 20_000_000; left > 0; left = begin + 20_000_000 - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
            target.recordValue((System.nanoTime() - begin) / 1_000);
        });
        server.start();
        Path scenario = Files.writeString(home.resolve("SlowVU.java"), """
                import io.vikhry.api.*;
                import java.net.URI;

                public class SlowVU extends VU {
                    @Param URI baseUrl;
                    Http http;
                    @Override public void onInit() { http = http(baseUrl).build(); }
                    @Step(every = "50ms") void get() { http.get("/x").send(); }
                }
                """);
        try (CpuShare share = CpuShare.of(0.2);
                Orchestrator orchestrator = Orchestrator.start(config ->
                        config.redisUrl(redis.url()).port(0).home(home).scenario(scenario.toString()));
                WorkerProcess worker = WorkerProcess.start(redis.url(), "worker-1", home.resolve("worker.log"))) {
            Client client = new Client(orchestrator);
            client.awaitReadyWorkers(1);
            String base = "http://127.0.0.1:" + server.getAddress().getPort();
            String ask = "{\"users\": %d, \"ramp_s\": %d, \"params\": {\"baseUrl\": \"" + base + "\"}}";
            // Once with all CPU, so that what follows is not a start of a JVM.
            client.post("/api/v1/test/start", ask.formatted(40, 0), 202);
            client.awaitRequests(4_000);
            await("enough CPU, and it says so")
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> !worker(client).path("health").asText().equals("saturated"));
            client.post("/api/v1/test/stop", "{}", 202);
            client.awaitState("IDLE");
            client.awaitReadyWorkers(1);
            target.reset();
            share.hold(worker.pid());
            try {
                if (share.isQuota()) {
                    await().atMost(Duration.ofSeconds(30))
                            .until(() ->
                                    Math.abs(worker(client).path("cpu_limit").asDouble() - 0.2) < 0.001);
                }
                client.post("/api/v1/test/start", ask.formatted(200, 20), 202);
                client.awaitState("RUNNING");
                long begin = System.nanoTime();
                Seen seen = new Seen();
                await().atMost(Duration.ofSeconds(40))
                        .pollInterval(Duration.ofMillis(50))
                        .until(() -> {
                            seen.look(client, (System.nanoTime() - begin) / 1_000_000);
                            return seen.offAt >= 0 && seen.redAt >= 0 && System.nanoTime() - begin > 8_000_000_000L;
                        });
                assertThat(seen.redAt)
                        .as("ms until it is saturated (%s); its p99 was %s", seen.reasons, seen.figures)
                        // Status and numbers come once a second each: who looks sees both in the same second at the
                        // latest.
                        .isLessThanOrEqualTo(seen.offAt + 1_000);
            } finally {
                share.release(worker.pid());
            }
            client.post("/api/v1/test/stop", "{\"drain_s\": 1}", 202);
            client.awaitState("IDLE");
            String runId = client.get("/api/v1/test").path("run").path("run_id").asText();
            JsonNode health =
                    client.get("/api/v1/runs/" + runId + "/report.json").path("health");
            assertThat(health.path("state").asText()).isEqualTo("saturated");
            assertThat(health.path("worker").asText()).isEqualTo("worker-1");
            assertThat(health.path("saturated_s").asLong()).isPositive();
        } finally {
            server.stop(0);
            threads.shutdownNow();
        }
    }

    private static JsonNode worker(Client client) throws Exception {
        return client.get("/api/v1/workers").path("workers").get(0);
    }

    /** What a user of the page sees, and when: ms since the load began, -1 as long as it has not been seen. */
    private final class Seen {
        private long redAt = -1;
        private long offAt = -1;
        private String reasons = "";
        private String figures = "";

        void look(Client client, long millis) throws Exception {
            JsonNode totals = client.get("/api/v1/metrics").path("totals");
            JsonNode worker = worker(client);
            if (redAt < 0 && worker.path("health").asText().equals("saturated")) {
                redAt = millis;
                reasons = worker.path("health_reasons").toString();
                System.out.println("saturated after " + millis + " ms: " + reasons);
            }
            double reported = totals.path("response_ms").path("p99").asDouble();
            double own = target.getValueAtPercentile(99) / 1_000.0;
            if (offAt < 0 && totals.path("count").asLong() > 0 && reported > 1.1 * own) {
                offAt = millis;
                figures = "reported " + reported + " ms, target's own " + own + " ms";
                System.out.println("p99 10 % off after " + millis + " ms: " + figures);
            }
        }
    }
}
