package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.vikhry.redis.RedisFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Arrivals at a rate on worker processes, held against a target that counts them. */
@Tag("beside")
class OpenModelIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @TempDir
    static Path home;

    private final AtomicLong served = new AtomicLong();
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;
    private Orchestrator orchestrator;
    private Client client;

    @BeforeEach
    void start() throws Exception {
        redis.flush();
        server = serve();
        Path scenario = Files.writeString(home.resolve("ArrivingVU.java"), """
                import io.vikhry.api.*;
                import java.net.URI;

                public class ArrivingVU extends VU {
                    @Param URI baseUrl;
                    Http http;

                    @Override public void onInit() { http = http(baseUrl).build(); }

                    @Step void visit() { http.get("/").send().expectStatus(204); }
                }
                """);
        orchestrator = Orchestrator.start(
                config -> config.redisUrl(redis.url()).port(0).home(home).scenario(scenario.toString()));
        for (int i = 1; i <= 3; i++) {
            workers.add(WorkerProcess.start(redis.url(), "worker-" + i, home.resolve("worker-" + i + ".log")));
        }
        client = new Client(orchestrator);
        client.awaitReadyWorkers(3);
    }

    @AfterEach
    void stop() throws Exception {
        for (WorkerProcess worker : workers) {
            worker.close();
        }
        orchestrator.close();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void nothingVanishesWhenTheRateChangesAndAWorkerIsKilled() throws Exception {
        String runId = start("\"rate\": 150, \"duration_s\": 20");
        await().atMost(Duration.ofSeconds(20)).until(() -> served.get() >= 200);
        client.post("/api/v1/test/rate", "{\"rate\": 300, \"ramp_s\": 1}", 202);
        await().atMost(Duration.ofSeconds(20)).until(() -> served.get() >= 700);
        new ProcessBuilder("kill", "-9", String.valueOf(workers.getFirst().pid()))
                .start()
                .waitFor();
        client.awaitState("IDLE");

        JsonNode report = client.get("/api/v1/runs/" + runId + "/report.json");
        JsonNode arrivals = report.path("arrivals");
        long intended = arrivals.path("intended").asLong();
        long started = arrivals.path("started").asLong();
        long missing = arrivals.path("missing").asLong();
        assertThat(intended).isEqualTo(started + arrivals.path("unstarted").asLong() + missing);
        assertThat(served.get())
                .as("what the target saw, of %s", arrivals)
                .isBetween(arrivals.path("completed").asLong(), started + missing);
        assertThat(report.path("total_requests").asLong())
                .as(
                        "a request may end in the last second that the killed worker told of, and its user's step not any more")
                .isBetween(arrivals.path("completed").asLong(), started);
        // A third of 300 a second: for a lease of 5 s, the look that sees its end, and the second before the last
        // batch.
        assertThat(missing).isBetween(100L, 1000L);
        assertThat(report.path("workers").get(0).path("lost_at").isNull()).isFalse();
        assertThat(intendedOf(client.get("/api/v1/runs/" + runId + "/series").path("points"), -3))
                .as("arrivals a second when others have its part")
                .isBetween(295L, 305L);
    }

    @Test
    void poissonArrivalsFollowARampAndAreAllServed() throws Exception {
        String runId = start("\"rate\": 400, \"arrivals\": \"poisson\", \"ramp_s\": 4, \"duration_s\": 8");
        client.awaitState("IDLE");

        JsonNode report = client.get("/api/v1/runs/" + runId + "/report.json");
        JsonNode arrivals = report.path("arrivals");
        // 400 x (4/2 + 4) on average, with a deviation of the root of that.
        assertThat(arrivals.path("intended").asLong()).isBetween(2400 - 5 * 49L, 2400 + 5 * 49L);
        assertThat(arrivals.path("missing").asLong()).isZero();
        assertThat(arrivals.path("unstarted").asLong()).isZero();
        assertThat(served.get())
                .isEqualTo(arrivals.path("intended").asLong())
                .isEqualTo(report.path("total_requests").asLong());
        assertThat(report.path("workers")).hasSize(3);
        JsonNode points = client.get("/api/v1/runs/" + runId + "/series").path("points");
        assertThat(intendedOf(points, 1)).as("early in the ramp").isLessThan(intendedOf(points, 5));
    }

    private String start(String load) throws Exception {
        String base = "http://127.0.0.1:" + server.getAddress().getPort();
        String runId = client.post(
                        "/api/v1/test/start", "{" + load + ", \"params\": {\"baseUrl\": \"" + base + "\"}}", 202)
                .path("run_id")
                .asText();
        client.awaitState("RUNNING");
        return runId;
    }

    /** Of the second {@code at}; negative ones are counted from the end. */
    private static long intendedOf(JsonNode points, int at) {
        return points.get(at < 0 ? points.size() + at : at)
                .path("arrivals")
                .path("intended")
                .asLong();
    }

    private HttpServer serve() throws IOException {
        HttpServer target = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        target.setExecutor(threads);
        target.createContext("/", exchange -> {
            served.incrementAndGet();
            try (exchange) {
                exchange.sendResponseHeaders(204, -1);
            }
        });
        target.start();
        return target;
    }
}
