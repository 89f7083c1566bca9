package io.vikhry.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A run outlives the orchestrator that leads it. */
class LeaderIT {
    private static final Path SLOWLY_PREPARED = Path.of("src/test/resources/scenarios/SlowlyPreparedVU.java");
    private static final Path SLOWLY_ENDED = Path.of("src/test/resources/scenarios/SlowlyEndedVU.java");

    @RegisterExtension
    final Field field = new Field();

    @Test
    void aRunGoesOnWhenItsOrchestratorIsKilledAndStartedAgain() throws Exception {
        RealProcess first = field.orchestrator("first");
        workers(2);
        Orders orders = new Orders(first.awaitReady());
        orders.awaitReadyWorkers(2);
        String runId = orders.start(20, field.target(), ", \"duration_s\": 25");
        await().atMost(Duration.ofSeconds(20)).until(() -> field.target().total() > 500);
        long killed = System.nanoTime();
        first.kill();
        RealProcess second = field.orchestrator("second");
        orders = new Orders(second.awaitReady());
        orders.awaitLeading(Duration.ofSeconds(20));
        long led = System.nanoTime();
        assertThat(orders.get("/api/v1/test").path("state").asText()).isEqualTo("RUNNING");
        assertThat(orders.get("/api/v1/test").path("run").path("run_id").asText())
                .isEqualTo(runId);
        assertThat(orders.get("/api/v1/metrics").path("totals").path("count").asLong())
                .as("what was counted before is there")
                .isGreaterThan(300);
        orders.awaitState("IDLE", Duration.ofSeconds(60));

        JsonNode report = orders.report(runId);
        assertThat(report.path("stop_reason").asText()).isEqualTo("duration");
        assertThat(report.path("duration_s").asDouble()).isBetween(24.9, 27.0);
        assertThat(report.path("total_requests").asLong())
                .isEqualTo(field.target().total());
        assertThat(report.path("completeness").path("ratio").asDouble()).isEqualTo(1.0);
        assertThat(field.target().longestSilenceMillis(killed, led)).isLessThan(1_000);
        assertThat(field.target().faults()).isEmpty();
        assertThat(field.target().highestUser()).isEqualTo(19);
    }

    @Test
    void aStandbyTakesOverAndAThawedLeaderStepsDown() throws Exception {
        RealProcess first = field.orchestrator("first");
        Orders ofFirst = new Orders(first.awaitReady());
        ofFirst.awaitLeading(Duration.ofSeconds(10));
        RealProcess second = field.orchestrator("second");
        workers(2);
        Orders ofSecond = new Orders(second.awaitReady());
        ofFirst.awaitReadyWorkers(2);
        JsonNode ready = ofSecond.get("/ready");
        assertThat(ofSecond.send("GET", "/ready", "").statusCode()).isEqualTo(503);
        assertThat(ready.path("reason").asText())
                .startsWith("standing by: 127.0.0.1:" + first.pid() + " leads cluster");
        assertThat(second.output()).contains("Standing by: 127.0.0.1:" + first.pid() + " leads cluster default");
        String runId = ofFirst.start(10, field.target(), "");
        await().atMost(Duration.ofSeconds(20)).until(() -> field.target().total() > 200);

        first.freeze();
        long frozen = System.nanoTime();
        ofSecond.awaitLeading(Duration.ofSeconds(20));
        Duration tookOver = Duration.ofNanos(System.nanoTime() - frozen);
        assertThat(tookOver).isLessThan(Duration.ofSeconds(7));
        ofSecond.post("/api/v1/test/users", "{\"users\": 15}");
        await().atMost(Duration.ofSeconds(10)).until(() -> field.target().highestUser() == 14);
        await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        first.thaw();
        await().atMost(Duration.ofSeconds(5))
                .until(() -> ofFirst.send("GET", "/ready", "").statusCode() == 503);
        await().atMost(Duration.ofSeconds(5)).until(() -> first.output().contains("this one stands by"));
        assertThat(ofFirst.send("POST", "/api/v1/test/stop", "{}").statusCode()).isEqualTo(503);
        assertThat(ofSecond.get("/api/v1/test").path("run").path("target_users").asInt())
                .isEqualTo(15);
        ofSecond.post("/api/v1/test/stop", "{}");
        ofSecond.awaitState("IDLE", Duration.ofSeconds(20));

        JsonNode report = ofSecond.report(runId);
        assertThat(report.path("total_requests").asLong())
                .isEqualTo(field.target().total());
        assertThat(report.path("completeness").path("ratio").asDouble()).isEqualTo(1.0);
        assertThat(report.path("interruptions").get(0).path("what").asText()).isEqualTo("no orchestrator led the run");
        assertThat(field.target().faults()).isEmpty();
    }

    @Test
    @Tag("faults")
    void aRunWhoseOrchestratorIsKilledWhileItIsPreparedBegins() throws Exception {
        RealProcess first = field.orchestrator("first", SLOWLY_PREPARED);
        workers(1);
        Orders orders = new Orders(first.awaitReady());
        orders.awaitReadyWorkers(1);
        String runId = orders.start(3, field.target(), "");
        orders.awaitState("PREPARING", Duration.ofSeconds(5));
        first.kill();
        orders = new Orders(field.orchestrator("second", SLOWLY_PREPARED).awaitReady());
        orders.awaitState("RUNNING", Duration.ofSeconds(30));
        await().atMost(Duration.ofSeconds(20)).until(() -> field.target().total() > 20);
        assertThat(orders.get("/api/v1/test").path("run").path("run_id").asText())
                .isEqualTo(runId);
        orders.post("/api/v1/test/stop", "{}");
        orders.awaitState("IDLE", Duration.ofSeconds(20));
        assertThat(orders.report(runId).path("total_requests").asLong())
                .isEqualTo(field.target().total());
    }

    @Test
    @Tag("faults")
    void aRunWhoseOrchestratorIsKilledWhileItStopsEndsWithItsReasonAndReport() throws Exception {
        RealProcess first = field.orchestrator("first", SLOWLY_ENDED);
        workers(1);
        Orders orders = new Orders(first.awaitReady());
        orders.awaitReadyWorkers(1);
        String runId = orders.start(3, field.target(), "");
        await().atMost(Duration.ofSeconds(20)).until(() -> field.target().total() >= 3);
        orders.post("/api/v1/test/stop", "{\"drain_s\": 20}");
        orders.awaitState("STOPPING", Duration.ofSeconds(5));
        first.kill();
        orders = new Orders(field.orchestrator("second").awaitReady());
        orders.awaitState("IDLE", Duration.ofSeconds(30));
        JsonNode report = orders.report(runId);
        assertThat(report.path("stop_reason").asText()).isEqualTo("requested");
        assertThat(report.path("total_requests").asLong())
                .isEqualTo(field.target().total());
        assertThat(report.path("completeness").path("ratio").asDouble()).isEqualTo(1.0);
    }

    private void workers(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            field.worker("worker-" + (i + 1));
        }
    }
}
