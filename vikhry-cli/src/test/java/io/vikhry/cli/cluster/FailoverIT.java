package io.vikhry.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.redis.SentinelFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A whole run through the failover of its Redis: it is detected, the run goes on and is counted right, and its verdict names it. */
class FailoverIT {
    private static final Path AUDITED = Path.of("src/test/resources/scenarios/AuditedVU.java");
    private static final int USERS = 12;

    @RegisterExtension
    final Field field = new Field();

    private Orders orders;
    private String runId;

    private void run(SentinelFixture redis) throws Exception {
        RealProcess orchestrator =
                field.keep(RealProcess.orchestrator(field.home(), redis.url(), "orchestrator", AUDITED));
        for (String worker : List.of("worker-1", "worker-2")) {
            field.keep(RealProcess.worker(field.home(), redis.url(), worker));
        }
        orders = new Orders(orchestrator.awaitReady());
        orders.awaitReadyWorkers(2);
        runId = orders.start(USERS, field.target(), "");
        awaitAll();
    }

    @Test
    void aRunIsCountedRightThroughTheDeathOfItsRedisAndItsVerdictNamesTheOneThatTookOver() throws Exception {
        SentinelFixture redis = field.keep(SentinelFixture.open());
        run(redis);
        redis.killPrimary();
        expectToldAndRight();
    }

    @Test
    @Tag("faults")
    void aRunGoesOnWhenItsRedisIsFrozenAndComesBackAsAReplica() throws Exception {
        SentinelFixture redis = field.keep(SentinelFixture.open());
        run(redis);
        redis.freezePrimary(true);
        awaitTold();
        redis.freezePrimary(false);
        expectToldAndRight();
    }

    @Test
    @Tag("faults")
    void nothingIsLostToARedisWhoseClockIsBehind() throws Exception {
        Path faketime = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1");
        assumeThat(faketime).as("libfaketime is installed").exists();
        SentinelFixture redis = field.keep(
                SentinelFixture.open(List.of("env", "LD_PRELOAD=" + faketime, "FAKETIME=-4", "DONT_FAKE_MONOTONIC=1")));
        run(redis);
        redis.killPrimary();
        expectToldAndRight();
    }

    private void awaitAll() {
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> field.target()
                                .usersSince(System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(700))
                                .size()
                        == USERS);
    }

    private void awaitTold() {
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> orders.get("/api/v1/test")
                        .path("run")
                        .path("verdict")
                        .toString()
                        .contains("Redis failed over to 127.0.0.1:"));
    }

    private void expectToldAndRight() throws Exception {
        awaitTold();
        awaitAll();
        long before = field.target().total();
        await().atMost(Duration.ofSeconds(30)).until(() -> field.target().total() > before + 20 * USERS);
        orders.awaitLeading(Duration.ofSeconds(10));
        orders.post("/api/v1/test/stop", "{}");
        orders.awaitState("IDLE", Duration.ofSeconds(25));

        JsonNode report = orders.report(runId);
        assertThat(report.path("stop_reason").asText()).isEqualTo("requested");
        assertThat(new Auditor(field.target()).breaches(report, USERS, false)).isEmpty();
        assertThat(report.path("total_requests").asLong())
                .as(report.path("completeness").toString())
                .isEqualTo(field.target().total());
        assertThat(report.path("completeness").path("ratio").asDouble()).isEqualTo(1.0);
        JsonNode verdict = report.path("verdict");
        assertThat(verdict.path("level").asText()).as(verdict.toString()).isEqualTo("SUSPECT");
        assertThat(verdict.path("reasons").findValuesAsText("text"))
                .anyMatch(text -> text.startsWith("Redis failed over to 127.0.0.1:"));
        assertThat(report.path("interruptions").findValuesAsText("what"))
                .anyMatch(what -> what.startsWith("Redis failed over to"));
    }
}
