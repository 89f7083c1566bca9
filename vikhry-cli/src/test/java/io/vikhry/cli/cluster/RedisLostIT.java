package io.vikhry.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Redis goes and comes back while users are at work: they park, the run goes on, and what was missed is said. */
class RedisLostIT {
    private static final int USERS = 12;

    @RegisterExtension
    final Field field = new Field();

    private Orders orders;
    private RealProcess orchestrator;
    private RealProcess one;
    private String runId;

    private void run(String redisOfWorkers) throws Exception {
        orchestrator = field.orchestrator("orchestrator");
        orders = new Orders(orchestrator.awaitReady());
        one = field.worker("worker-1", redisOfWorkers);
        field.worker("worker-2");
        orders.awaitReadyWorkers(2);
        runId = orders.start(USERS, field.target(), "");
        awaitAll();
    }

    @Test
    @Tag("faults")
    void aRunGoesOnAfterARestartWithData() throws Exception {
        run(field.redis().url());
        field.redis().kill();
        pause(Duration.ofSeconds(2));
        field.redis().startAgain();
        awaitAll();
        end();
    }

    @Test
    void aRunGoesOnAfterARestartThatLostEverything() throws Exception {
        run(field.redis().url());
        field.redis().kill();
        pause(Duration.ofSeconds(2));
        field.redis().startEmpty();
        pause(Duration.ofSeconds(7));
        awaitAll();
        end();
    }

    @Test
    @Tag("faults")
    void aRunGoesOnAfterRedisAndItsOrchestratorWereLostTogether() throws Exception {
        run(field.redis().url());
        orchestrator.kill();
        field.redis().kill();
        field.redis().startEmpty();
        orders = new Orders(field.orchestrator("second").awaitReady());
        awaitAll();
        assertThat(orders.get("/api/v1/test").path("run").path("run_id").asText())
                .isEqualTo(runId);
        end();
    }

    @Test
    @Tag("faults")
    void usersParkWhileRedisStandsStillAndGoOnAfterIt() throws Exception {
        run(field.redis().url());
        RealProcess.signal(field.redis().pid(), "-STOP");
        await().atMost(Duration.ofSeconds(6)).until(this::silent);
        pause(Duration.ofSeconds(2));
        assertThat(silent()).as("nobody sends without a lease").isTrue();
        RealProcess.signal(field.redis().pid(), "-CONT");
        awaitAll();
        end();
    }

    @Test
    @Tag("faults")
    void aRunGoesOnAndIsCountedRightWhereRedisIsSlow() throws Exception {
        TcpProxy proxy = field.proxy();
        String slow = field.redis().urlAt(proxy.port());
        orchestrator = field.keep(RealProcess.orchestrator(field.home(), slow, "orchestrator", Field.MARKED));
        orders = new Orders(orchestrator.awaitReady());
        one = field.worker("worker-1", slow);
        field.worker("worker-2", slow);
        orders.awaitReadyWorkers(2);
        runId = orders.start(USERS, field.target(), "");
        awaitAll();
        proxy.slow(Duration.ofMillis(150));
        long slowed = System.nanoTime();
        pause(Duration.ofSeconds(12));
        awaitAll();
        orders.post("/api/v1/test/users", "{\"users\": " + (USERS - 2) + "}");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> field.target().usersSince(recently()).size() == USERS - 2);
        assertThat(field.target().longestSilenceMillis(slowed, System.nanoTime()))
                .as("nobody stood still")
                .isLessThan(1_000);
        end();
        assertThat(orders.report(runId).path("verdict").path("reasons").findValuesAsText("code"))
                .doesNotContain("lost_worker", "parked", "missing");
    }

    @Test
    void aWorkerThatIsCutOffParksWhileTheOthersTakeOver() throws Exception {
        TcpProxy proxy = field.proxy();
        run(field.redis().urlAt(proxy.port()));
        String cutOff = String.valueOf(one.pid());
        proxy.cut();
        await().atMost(Duration.ofSeconds(12))
                .until(() -> !field.target().usersByPlaceSince(recently()).containsKey(cutOff)
                        && field.target().usersSince(recently()).size() == USERS);
        proxy.mend();
        await().atMost(Duration.ofSeconds(15))
                .until(() -> field.target().usersByPlaceSince(recently()).getOrDefault(cutOff, 0L) == USERS / 2);
        end();
    }

    @Test
    @Tag("faults")
    void aStandbyLeavesTheRunToItsLeaderWhenRedisLosesEverything() throws Exception {
        run(field.redis().url());
        RealProcess standby = field.orchestrator("standby");
        standby.awaitReady();
        field.redis().kill();
        field.redis().startEmpty();
        pause(Duration.ofSeconds(7));
        awaitAll();
        assertThat(standby.output()).contains("Standing by").doesNotContain("Leading cluster");
        end();
    }

    private void awaitAll() {
        await().atMost(Duration.ofSeconds(25))
                .until(() -> field.target().usersSince(recently()).size() == USERS);
    }

    private boolean silent() {
        return field.target().since(recently()).isEmpty();
    }

    private static long recently() {
        return System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(330);
    }

    private static void pause(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(5)).until(() -> true);
    }

    private void end() throws Exception {
        orders.awaitLeading(Duration.ofSeconds(10));
        orders.post("/api/v1/test/stop", "{}");
        orders.awaitState("IDLE", Duration.ofSeconds(25));
        assertThat(field.target().faults()).isEmpty();
        assertThat(field.target().highestUser()).isEqualTo(USERS - 1);
        JsonNode report = orders.report(runId);
        assertThat(report.path("stop_reason").asText()).isEqualTo("requested");
        assertThat(report.path("total_requests").asLong())
                .isEqualTo(field.target().total());
    }
}
