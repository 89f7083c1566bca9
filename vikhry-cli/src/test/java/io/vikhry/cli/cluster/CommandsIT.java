package io.vikhry.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever is ordered, by whom and when: the cluster is in a legal state, and every run ends with a report. */
@Tag("faults")
class CommandsIT {
    private static final int MOST = 8;

    @RegisterExtension
    final Field field = new Field();

    private volatile Orders orders;
    private final Queue<String> strange = new ConcurrentLinkedQueue<>();
    private final Queue<String> started = new ConcurrentLinkedQueue<>();

    @Test
    void commandsOfManyAtOnceAndAKilledOrchestratorLeaveALegalState() throws Exception {
        long seed = Long.getLong("vikhry.test.seed", System.nanoTime());
        System.out.println("seed " + seed);
        RealProcess first = field.orchestrator("first");
        orders = new Orders(first.awaitReady());
        field.worker("worker-1");
        field.worker("worker-2");
        orders.awaitReadyWorkers(2);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(25);
            List<Future<?>> running = IntStream.range(0, 5)
                    .<Future<?>>mapToObj(i -> clients.submit(() -> command(new Random(seed + i), until)))
                    .toList();
            await().pollDelay(Duration.ofSeconds(8)).until(() -> true);
            first.kill();
            orders = new Orders(field.orchestrator("second").awaitReady());
            for (Future<?> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
        }
        assertThat(strange).isEmpty();
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
            String state = state();
            if (state.equals("RUNNING") || state.equals("PREPARING")) {
                orders.send("POST", "/api/v1/test/stop", "{\"drain_s\": 1}");
            }
            return state.equals("IDLE");
        });

        orders.awaitReadyWorkers(2);
        long quiet = System.nanoTime();
        String last = orders.start(4, field.target(), "");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> field.target().usersSince(quiet).size() == 4);
        orders.post("/api/v1/test/stop", "{}");
        orders.awaitState("IDLE", Duration.ofSeconds(20));
        started.add(last);
        for (String runId : started) {
            JsonNode report = orders.report(runId);
            assertThat(report.path("stop_reason").asText())
                    .as("%s: %s", runId, report)
                    .isIn("requested", "killed");
            assertThat(report.path("verdict").path("level").asText()).as(runId).isNotEmpty();
        }
        assertThat(started.size()).isGreaterThan(2);
        assertThat(field.target().highestUser()).isLessThan(MOST);
    }

    private void command(Random random, long until) {
        while (System.nanoTime() - until < 0) {
            String users = "{\"users\": " + (1 + random.nextInt(MOST - 1));
            try {
                HttpResponse<String> response = switch (random.nextInt(8)) {
                    case 0, 1 ->
                        orders.send(
                                "POST",
                                "/api/v1/test/start",
                                users + ", \"params\": {\"baseUrl\": \""
                                        + field.target().url() + "\"}}");
                    case 2, 3 -> orders.send("POST", "/api/v1/test/users", users + "}");
                    case 4, 5 -> orders.send("POST", "/api/v1/test/stop", "{\"drain_s\": " + random.nextInt(2) + "}");
                    case 6 -> orders.send("POST", "/api/v1/test/kill", "{}");
                    default -> orders.send("GET", "/api/v1/test", "");
                };
                note(response);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(150));
            } catch (IOException e) {
                // The orchestrator was killed; its successor will answer.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void note(HttpResponse<String> response) {
        int status = response.statusCode();
        boolean ordinary = status == 200 || status == 202 || status == 409 || status == 503;
        if (!ordinary) {
            strange.add(status + " " + response.body());
        }
        if (status == 202 && response.body().contains("epoch")) {
            started.add(response.body().replaceAll(".*\"run_id\":\"([^\"]+)\".*", "$1"));
        }
    }

    private String state() throws Exception {
        return orders.get("/api/v1/test").path("state").asText();
    }
}
