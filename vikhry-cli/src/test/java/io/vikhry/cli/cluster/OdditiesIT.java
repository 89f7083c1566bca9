package io.vikhry.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A disk that is full, a clock that is wrong, a user that hangs, a system that refuses everybody. */
@Tag("faults")
class OdditiesIT {
    private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");

    @RegisterExtension
    final Field field = new Field();

    @Test
    void aFullDiskDoesNotEndARunAndItsReportIsWrittenWhenThereIsRoom() throws Exception {
        Path disk = Files.createDirectories(field.home().resolveSibling("disk"));
        assumeThat(succeeds("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()))
                .as("may mount a small disk")
                .isTrue();
        field.keep(() -> succeeds("umount", "-l", disk.toString()));
        RealProcess orchestrator = field.keep(RealProcess.start(
                field.home(),
                field.redis().url(),
                "orchestrator",
                List.of("env", "VIKHRY_HOME=" + disk),
                List.of("orchestrator", "start", "--port", "0", "--scenario", Field.MARKED.toString())));
        Orders orders = new Orders(orchestrator.awaitReady());
        field.worker("worker-1");
        orders.awaitReadyWorkers(1);
        String runId = orders.start(5, field.target(), "");
        await().atMost(Duration.ofSeconds(20)).until(() -> field.target().total() > 50);
        Path filler = disk.resolve("filler");
        succeeds("dd", "if=/dev/zero", "of=" + filler, "bs=1k", "count=1024");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> orchestrator.output().contains("The run goes on, but the run cannot be kept"));
        long said = field.target().total();
        await().atMost(Duration.ofSeconds(10)).until(() -> field.target().total() > said + 100);
        orders.post("/api/v1/test/stop", "{}");
        orders.awaitState("IDLE", Duration.ofSeconds(20));

        JsonNode report = orders.report(runId);
        assertThat(report.path("total_requests").asLong())
                .isEqualTo(field.target().total());
        assertThat(report.path("completeness").path("unkept_batches").asLong()).isPositive();
        assertThat(disk.resolve("runs/" + runId + "/report.json")).doesNotExist();
        Files.delete(filler);
        await().atMost(Duration.ofSeconds(15))
                .until(() -> Files.exists(disk.resolve("runs/" + runId + "/report.json")));
    }

    @Test
    void aWorkerWhoseClockIsHalfAMinuteOffCountsInTheSameSeconds() throws Exception {
        Path faketime = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");
        assumeThat(faketime).as("libfaketime is installed").exists();
        Orders orders = new Orders(field.orchestrator("orchestrator").awaitReady());
        for (String skew : List.of("+30", "-30")) {
            field.keep(RealProcess.start(
                    field.home(),
                    field.redis().url(),
                    "worker" + skew,
                    List.of(
                            "env",
                            "LD_PRELOAD=" + faketime,
                            "FAKETIME=" + skew,
                            "DONT_FAKE_MONOTONIC=1",
                            "FAKETIME_FORCE_MONOTONIC_FIX=0"),
                    List.of("worker", "start", "--worker-id", "worker" + skew.replace("+", "-plus"))));
        }
        orders.awaitReadyWorkers(2);
        String runId = orders.start(10, field.target(), ", \"duration_s\": 6");
        orders.awaitState("RUNNING", Duration.ofSeconds(10));
        for (JsonNode worker : orders.get("/api/v1/workers").path("workers")) {
            assertThat(Math.abs(worker.path("clock_offset_ms").asDouble())).isBetween(29_000.0, 31_000.0);
        }
        orders.awaitState("IDLE", Duration.ofSeconds(30));
        JsonNode report = orders.report(runId);
        assertThat(report.path("total_requests").asLong())
                .isEqualTo(field.target().total())
                .isGreaterThan(300);
        assertThat(report.path("duration_s").asDouble()).isBetween(5.9, 8.0);
        assertThat(orders.get("/api/v1/runs/" + runId + "/series")
                        .path("points")
                        .size())
                .isBetween(6, 9);
        assertThat(field.target().faults()).isEmpty();
    }

    @Test
    void aUserThatHangsInItsEndDelaysNobodyElseAndTheRunEndsInItsBound() throws Exception {
        Orders orders = new Orders(field.orchestrator("orchestrator", SCENARIOS.resolve("HangingVU.java"))
                .awaitReady());
        field.worker("worker-1");
        orders.awaitReadyWorkers(1);
        String runId = orders.start(6, field.target(), "");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> field.target()
                                .usersSince(System.nanoTime() - 1_000_000_000L)
                                .size()
                        == 6);
        orders.post("/api/v1/test/stop", "{\"drain_s\": 2}");
        long stopped = System.nanoTime();
        await().atMost(Duration.ofSeconds(4))
                .until(() -> field.target().since(stopped).stream()
                                .filter(seen -> seen.path().equals("/bye"))
                                .count()
                        == 5);
        orders.awaitState("IDLE", Duration.ofSeconds(2 + 5 + 2));
        JsonNode report = orders.report(runId);
        assertThat(report.path("stop_reason").asText()).isEqualTo("requested");
    }

    @Test
    void usersWhoseStartFailsAreCountedByReasonAndComeBackWithTheSystem() throws Exception {
        Orders orders = new Orders(field.orchestrator("orchestrator", SCENARIOS.resolve("LoginVU.java"))
                .awaitReady());
        field.worker("worker-1");
        orders.awaitReadyWorkers(1);
        field.target().answer(503);
        String runId = orders.start(4, field.target(), "");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> orders.get("/api/v1/workers")
                                .path("workers")
                                .get(0)
                                .path("failed_users")
                                .asInt()
                        >= 8);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> failed(orders.get("/api/v1/test").path("run")) >= 8);
        assertThat(orders.get("/api/v1/errors").path("errors").toString()).contains("POST /login: status 503");
        field.target().answer(200);
        await().atMost(Duration.ofSeconds(15))
                .until(() -> orders.get("/api/v1/test")
                                .path("run")
                                .path("active_users")
                                .asInt()
                        == 4);
        orders.post("/api/v1/test/stop", "{}");
        orders.awaitState("IDLE", Duration.ofSeconds(20));
        JsonNode report = orders.report(runId);
        assertThat(failed(report)).isGreaterThanOrEqualTo(8);
        assertThat(report.path("failed_users").path("reasons").get(0).path("in").asText())
                .isEqualTo("onStart");
    }

    private static long failed(JsonNode of) {
        return of.path("failed_users").path("count").asLong();
    }

    private static boolean succeeds(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    }
}
