package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.vikhry.redis.RedisFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Probes in a cluster of worker processes: what they ask arrives at a server, which sees who asks. */
@Tag("beside")
class ProbesIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @TempDir
    static Path home;

    /** Who asked at a time. */
    private record Asked(long pid, long fromNanos, long toNanos) {}

    @Test
    void oneWorkerProbesAtAnyTimeAndAnotherOneWhenItIsKilledOrLeaves() throws Exception {
        List<Asked> asked = new CopyOnWriteArrayList<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpServer server = serve(asked, threads);
        Path scenario = Files.writeString(home.resolve("WatchedVU.java"), """
                import io.vikhry.api.*;
                import java.net.URI;
                import java.time.Duration;

                public class WatchedVU extends VU {
                    @Param URI baseUrl;

                    public record Queue(int depth, Duration oldest, boolean open) {}

                    @Probe(every = "100ms", timeout = "2s")
                    static Queue queue(ProbeContext ctx) {
                        long pid = ProcessHandle.current().pid();
                        HttpResponse answer = ctx.http(ctx.param("baseUrl", URI.class)).build().get("/queue?pid=" + pid).send();
                        return new Queue(answer.json("/depth", int.class), Duration.ofMillis(1500), true);
                    }

                    @Probe(every = "500ms", timeout = "200ms")
                    static void hangs() throws Exception { Thread.sleep(60_000); }

                    @Probe(every = "1s")
                    static double broken() { throw new IllegalStateException("the table is gone"); }

                    @Step(every = "100ms") void step() {}
                }
                """);
        Map<String, WorkerProcess> workers = new HashMap<>();
        try (Orchestrator orchestrator = Orchestrator.start(
                config -> config.redisUrl(redis.url()).port(0).home(home).scenario(scenario.toString()))) {
            for (String id : List.of("worker-1", "worker-2", "worker-3")) {
                workers.put(id, WorkerProcess.start(redis.url(), id, home.resolve(id + ".log")));
            }
            Client client = new Client(orchestrator);
            client.awaitReadyWorkers(3);
            assertThat(client.get("/api/v1/probes").path("probes"))
                    .extracting(probe -> probe.path("name").asText() + " " + probe.path("count"))
                    .containsExactly("queue 0", "hangs 0", "broken 0");

            String base = "http://127.0.0.1:" + server.getAddress().getPort();
            String runId = client.post(
                            "/api/v1/test/start", "{\"users\": 6, \"params\": {\"baseUrl\": \"" + base + "\"}}", 202)
                    .path("run_id")
                    .asText();
            client.awaitState("RUNNING");
            await().atMost(Duration.ofSeconds(20)).until(() -> asked.size() >= 10);

            String first = client.get("/api/v1/probes").path("worker").asText();
            new ProcessBuilder("kill", "-9", String.valueOf(workers.get(first).pid()))
                    .start()
                    .waitFor();
            String second = awaitAnother(client, first, asked, workers);
            workers.get(second).close();
            String third = awaitAnother(client, second, asked, workers);
            assertThat(List.of(first, second, third)).doesNotHaveDuplicates();

            for (Asked one : asked) {
                assertThat(asked)
                        .as("asked while process %d did", one.pid)
                        .noneMatch(other ->
                                other.pid != one.pid && other.fromNanos < one.toNanos && one.fromNanos < other.toNanos);
            }
            client.post("/api/v1/test/stop", "{}", 202);
            client.awaitState("IDLE");

            Map<String, JsonNode> probes = new HashMap<>();
            client.get("/api/v1/runs/" + runId + "/report.json")
                    .path("probes")
                    .forEach(probe -> probes.put(probe.path("name").asText(), probe));
            JsonNode queue = probes.get("queue");
            assertThat(queue.path("count").asLong()).isBetween((long) asked.size() - 20, (long) asked.size());
            assertThat(queue.path("every").asText()).isEqualTo("100ms");
            assertThat(queue.path("values").get(0).toString()).startsWith("{\"name\":\"depth\",\"type\":\"number\"");
            assertThat(queue.path("values").get(1).toString())
                    .startsWith("{\"name\":\"oldest\",\"type\":\"duration\",\"last\":1500.0");
            assertThat(queue.path("values").get(2).path("type").asText()).isEqualTo("boolean");
            JsonNode hangs = probes.get("hangs");
            assertThat(hangs.path("failures").asLong())
                    .isEqualTo(hangs.path("count").asLong())
                    .isPositive();
            assertThat(hangs.path("last_error").asText()).isEqualTo("cut off after its timeout of 200ms");
            assertThat(probes.get("broken").path("last_error").asText())
                    .isEqualTo("java.lang.IllegalStateException: the table is gone");
            assertThat(client.get("/api/v1/runs/" + runId + "/probes/queue").path("points"))
                    .hasSize(queue.path("count").asInt())
                    .isEqualTo(client.get("/api/v1/probes/queue").path("points"));
            assertThat(client.send("GET", "/api/v1/probes/nobody", "").statusCode())
                    .isEqualTo(404);
        } finally {
            for (WorkerProcess worker : workers.values()) {
                worker.close();
            }
            server.stop(0);
            threads.shutdownNow();
        }
    }

    /** Waits until another worker than {@code before} is said to probe, and does. */
    private static String awaitAnother(
            Client client, String before, List<Asked> asked, Map<String, WorkerProcess> workers) {
        String[] found = {""};
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            found[0] = client.get("/api/v1/probes").path("worker").asText();
            return workers.containsKey(found[0])
                    && !found[0].equals(before)
                    && asked.getLast().pid == workers.get(found[0]).pid();
        });
        return found[0];
    }

    private static HttpServer serve(List<Asked> asked, ExecutorService threads) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/queue", exchange -> {
            long from = System.nanoTime();
            LockSupport.parkNanos(Duration.ofMillis(30).toNanos());
            String pid = exchange.getRequestURI().getQuery().replace("pid=", "");
            try (exchange) {
                byte[] body = "{\"depth\":7}".getBytes(StandardCharsets.US_ASCII);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
            asked.add(new Asked(Long.parseLong(pid), from, System.nanoTime()));
        });
        server.start();
        return server;
    }
}
