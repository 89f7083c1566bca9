package io.vikhry.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.cli.remote.Kill;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a run may not do, and how it is stopped, seen from the target; with real processes. */
class LeashIT {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Path MADE_BY_REQUEST = Path.of("src/test/resources/scenarios/MadeByRequestVU.java");

    @RegisterExtension
    final Field field = new Field();

    private Orders cluster(int workers) throws Exception {
        RealProcess orchestrator = field.orchestrator("first");
        for (int i = 1; i <= workers; i++) {
            field.worker("worker-" + i);
        }
        Orders orders = new Orders(orchestrator.awaitReady());
        orders.awaitReadyWorkers(workers);
        return orders;
    }

    @Test
    void theLimitOfRequestsHoldsInEverySecondWhoeverDies() throws Exception {
        RealProcess orchestrator = field.orchestrator("first");
        RealProcess dying = field.worker("worker-1");
        field.worker("worker-2");
        field.worker("worker-3");
        Orders orders = new Orders(orchestrator.awaitReady());
        orders.awaitReadyWorkers(3);
        String runId = orders.start(90, field.target(), ", \"safety\": {\"max_rps\": 90}");
        await().atMost(Duration.ofSeconds(30)).until(() -> field.target().total() > 400);
        dying.kill();
        long killed = System.nanoTime();
        // What the other two may send is 60 a second, until its lease is over.
        await().atMost(Duration.ofSeconds(40))
                .until(() -> System.nanoTime() - killed > 2 * SECOND
                        && field.target().since(System.nanoTime() - 2 * SECOND).size() > 2 * 65);
        long later = System.nanoTime();
        await().atMost(Duration.ofSeconds(10)).until(() -> System.nanoTime() - later > 4 * SECOND);
        int rateAfter = field.target().since(later).size() / 4;
        orders.post("/api/v1/test/stop", "{}");
        orders.awaitState("IDLE", Duration.ofSeconds(40));

        Map<Long, Integer> bySecond = new TreeMap<>();
        field.target().since(killed - 60 * SECOND).forEach(s -> bySecond.merge(s.nanos() / SECOND, 1, Integer::sum));
        assertThat(bySecond.values()).allMatch(count -> count <= 90, bySecond.toString());
        assertThat(rateAfter)
                .as("what the dead worker had is used by the others")
                .isGreaterThan(70);
        JsonNode verdict = orders.report(runId).path("verdict");
        assertThat(verdict.path("level").asText()).as(verdict.toString()).isEqualTo("SUSPECT");
        assertThat(verdict.path("reasons").findValuesAsText("code")).contains("lost_worker", "held_back");
    }

    @Test
    void whatFactoriesSendCountsWithinTheLimitBeforeTheLoadAndBesideIt() throws Exception {
        RealProcess orchestrator = field.orchestrator("first", MADE_BY_REQUEST);
        for (int i = 1; i <= 3; i++) {
            field.worker("worker-" + i);
        }
        Orders orders = new Orders(orchestrator.awaitReady());
        orders.awaitReadyWorkers(3);
        warmUp(field.target());
        long begun = System.nanoTime();
        orders.start(90, field.target(), ", \"safety\": {\"max_rps\": 30}");
        await().atMost(Duration.ofSeconds(30)).until(() -> made() == 90);
        assertThat(field.target().since(begun)).as("before the load begins").hasSize(90);
        orders.awaitState("RUNNING", Duration.ofSeconds(20));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> field.target().since(begun).size() > 90 + 60);
        orders.post("/api/v1/resources", "{\"pool\": \"accounts\", \"count\": 30}");
        await().atMost(Duration.ofSeconds(60)).until(() -> made() == 90 + 30);
        orders.post("/api/v1/test/stop", "{}");
        orders.awaitState("IDLE", Duration.ofSeconds(40));

        List<CountingTarget.Seen> all = field.target().since(begun);
        assertThat(mostInASecond(all))
                .as("in the busiest second, where of each worker one may come that was longer on its way than the next")
                .isLessThanOrEqualTo(30 + 3);
        assertThat(all.stream()
                        .filter(each -> each.path().equals("/made"))
                        .map(CountingTarget.Seen::place)
                        .distinct())
                .as("each worker has made some")
                .hasSize(3);
    }

    /** A target's first answers take longer than those that come after. */
    private static void warmUp(CountingTarget target) throws Exception {
        for (int i = 0; i < 100; i++) {
            URI.create(target.url() + "/warm").toURL().openStream().close();
        }
    }

    private long made() {
        return field.target().all().stream()
                .filter(each -> each.path().equals("/made"))
                .count();
    }

    /** Wherever that second begins. */
    private static int mostInASecond(List<CountingTarget.Seen> all) {
        int most = 0;
        int from = 0;
        for (int to = 0; to < all.size(); to++) {
            while (all.get(to).nanos() - all.get(from).nanos() >= SECOND) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }

    @Test
    void aKillStopsAllTrafficInUnderASecond() throws Exception {
        Orders orders = cluster(2);
        String runId = orders.start(50, field.target(), "");
        await().atMost(Duration.ofSeconds(30)).until(() -> field.target().total() > 500);
        long killed = System.nanoTime();
        orders.post("/api/v1/test/kill", "{}");
        expectSilenceWithinASecond(killed);
        orders.awaitState("IDLE", Duration.ofSeconds(20));

        JsonNode report = orders.report(runId);
        assertThat(report.path("stop_reason").asText()).isEqualTo("killed");
        assertThat(report.path("verdict").path("level").asText()).isEqualTo("INVALID");
        assertThat(report.path("total_requests").asLong())
                .isEqualTo(field.target().total());
        assertThat(orders.send("POST", "/api/v1/test/kill", "{}").statusCode()).isEqualTo(409);
        orders.start(5, field.target(), ", \"duration_s\": 2");
        orders.awaitState("RUNNING", Duration.ofSeconds(20));
    }

    @Test
    void aKillNeedsNoOrchestratorAndTheNextOneWritesTheReport() throws Exception {
        RealProcess first = field.orchestrator("first");
        field.worker("worker-1");
        field.worker("worker-2");
        Orders orders = new Orders(first.awaitReady());
        orders.awaitReadyWorkers(2);
        String runId = orders.start(50, field.target(), "");
        await().atMost(Duration.ofSeconds(30)).until(() -> field.target().total() > 500);
        first.kill();
        Kill kill = Kill.byRedis(field.redis().url(), "default");
        long killed = System.nanoTime();
        assertThat(kill.runId()).isEqualTo(runId);
        expectSilenceWithinASecond(killed);

        Orders next = new Orders(field.orchestrator("second").awaitReady());
        next.awaitState("IDLE", Duration.ofSeconds(30));
        JsonNode report = next.report(runId);
        assertThat(report.path("stop_reason").asText()).isEqualTo("killed");
        assertThat(report.path("total_requests").asLong())
                .isEqualTo(field.target().total());
    }

    @Test
    void aKillGoesThroughTheOrchestratorWhereRedisCannotBeReachedAndNobodyHasNamedIt() throws Exception {
        RealProcess orchestrator = field.orchestrator("first");
        field.worker("worker-1");
        Orders orders = new Orders(orchestrator.awaitReady());
        orders.awaitReadyWorkers(1);
        orders.start(10, field.target(), "");
        await().atMost(Duration.ofSeconds(30)).until(() -> field.target().total() > 50);
        Map<String, String> elsewhere =
                Map.of("VIKHRY_REDIS_URL", "redis://127.0.0.1:1", "VIKHRY_ORCHESTRATOR_URL", orchestrator.awaitReady());

        assertThat(RealProcess.run(field.home(), elsewhere, 1, "test", "kill", "--redis-url", "redis://127.0.0.1:1"))
                .as("who was named is not passed by")
                .contains("Redis at redis://127.0.0.1:1 does not answer");
        orders.awaitState("RUNNING", Duration.ofSeconds(1));
        assertThat(RealProcess.run(field.home(), elsewhere, 0, "test", "kill")).contains(" is killed; ");
        orders.awaitState("IDLE", Duration.ofSeconds(20));
    }

    private void expectSilenceWithinASecond(long killed) {
        // Each user asks ten times a second: one that goes on is heard.
        await().atMost(Duration.ofSeconds(10)).until(() -> System.nanoTime() - killed > 5 * SECOND / 2);
        List<CountingTarget.Seen> after = field.target().since(killed);
        long lastMillis = after.isEmpty() ? 0 : (after.getLast().nanos() - killed) / 1_000_000;
        assertThat(lastMillis).isLessThan(1_000);
    }

    @Test
    void workersWithoutAnOrchestratorEndTheRunThemselves() throws Exception {
        RealProcess first = field.orchestrator("first");
        field.worker("worker-1");
        RealProcess other = field.worker("worker-2");
        Orders orders = new Orders(first.awaitReady());
        orders.awaitReadyWorkers(2);
        String runId = orders.start(20, field.target(), ", \"safety\": {\"dead_man_s\": 3}");
        await().atMost(Duration.ofSeconds(30)).until(() -> field.target().total() > 200);
        first.kill();
        await().atMost(Duration.ofSeconds(25))
                .until(() -> field.target().since(System.nanoTime() - SECOND).isEmpty());
        assertThat(other.output()).contains("had no orchestrator for 3s");

        Orders next = new Orders(field.orchestrator("second").awaitReady());
        next.awaitState("IDLE", Duration.ofSeconds(30));
        JsonNode report = next.report(runId);
        assertThat(report.path("stop_reason").asText()).isEqualTo("orphaned");
        assertThat(report.path("verdict").path("level").asText()).isEqualTo("INVALID");
        assertThat(report.path("total_requests").asLong())
                .isEqualTo(field.target().total());
    }

    @Test
    void aHostThatIsNotAllowedHearsNothingAndMoreUsersThanAllowedAreRefused() throws Exception {
        Orders orders = cluster(1);
        String runId = orders.start(
                3,
                field.target(),
                ", \"duration_s\": 3, \"safety\": {\"allowed_hosts\": [\"*.test\"], \"max_users\": 3}");
        orders.awaitState("RUNNING", Duration.ofSeconds(20));
        assertThat(orders.send("POST", "/api/v1/test/users", "{\"users\": 4}").body())
                .contains("safety.max_users is 3");
        orders.awaitState("IDLE", Duration.ofSeconds(40));
        assertThat(field.target().total()).isZero();
        JsonNode report = orders.report(runId);
        assertThat(report.path("by_code").path("NOT_ALLOWED").asLong()).isPositive();
        assertThat(report.path("verdict").path("reasons").findValuesAsText("code"))
                .contains("refused");
    }
}
