package io.vikhry.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workers come, leave and die while users are at work: nobody runs twice, and all of them run again soon. */
class StaffingIT {
    @RegisterExtension
    final Field field = new Field();

    @Test
    void aLateWorkerHasItsPartWithinThreeSecondsOfBeingReady() throws Exception {
        Orders orders = new Orders(field.orchestrator("orchestrator").awaitReady());
        RealProcess first = field.worker("worker-1");
        orders.awaitReadyWorkers(1);
        String runId = orders.start(20, field.target(), "");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> usersNow().values().stream().mapToLong(n -> n).sum() == 20);

        RealProcess late = field.worker("worker-2");
        late.awaitReady();
        long ready = System.nanoTime();
        String place = String.valueOf(late.pid());
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> usersNow().getOrDefault(place, 0L) == 10);
        Duration took = Duration.ofNanos(System.nanoTime() - ready);
        assertThat(took).isLessThan(Duration.ofSeconds(3));
        await().atMost(Duration.ofSeconds(5))
                .until(() -> usersNow().equals(Map.of(String.valueOf(first.pid()), 10L, place, 10L)));
        end(orders, runId);
    }

    @Test
    void aWorkerThatLeavesDrainsAndItsUsersRunElsewhereAtOnce() throws Exception {
        Orders orders = new Orders(field.orchestrator("orchestrator").awaitReady());
        RealProcess stays = field.worker("worker-1");
        RealProcess leaves = field.worker("worker-2");
        orders.awaitReadyWorkers(2);
        String runId = orders.start(20, field.target(), "");
        await().atMost(Duration.ofSeconds(20)).until(() -> usersNow().size() == 2);
        leaves.terminate();
        long told = System.nanoTime();
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> usersNow().getOrDefault(String.valueOf(stays.pid()), 0L) == 20);
        assertThat(Duration.ofNanos(System.nanoTime() - told))
                .as("no lease is waited for")
                .isLessThan(Duration.ofSeconds(4));
        leaves.awaitEnd(Duration.ofSeconds(10));
        JsonNode report = end(orders, runId);
        assertThat(report.path("workers"))
                .allSatisfy(w -> assertThat(w.path("lost_at").isNull()).isTrue());
        assertThat(report.path("total_requests").asLong())
                .isEqualTo(field.target().total());
    }

    @Test
    void theUsersOfAKilledWorkerRunElsewhereTwoSecondsAfterItsLeaseAndItComesBackToItsPart() throws Exception {
        Orders orders = new Orders(field.orchestrator("orchestrator").awaitReady());
        RealProcess stays = field.worker("worker-1");
        RealProcess dies = field.worker("worker-2");
        orders.awaitReadyWorkers(2);
        String runId = orders.start(20, field.target(), "");
        await().atMost(Duration.ofSeconds(20)).until(() -> usersNow().size() == 2);
        dies.kill();
        long died = System.nanoTime();
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> usersNow().getOrDefault(String.valueOf(stays.pid()), 0L) == 20);
        assertThat(Duration.ofNanos(System.nanoTime() - died)).isLessThan(Duration.ofSeconds(7));
        RealProcess again = field.worker("worker-2");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> usersNow().getOrDefault(String.valueOf(again.pid()), 0L) == 10);
        JsonNode report = end(orders, runId);
        long reported = report.path("total_requests").asLong();
        assertThat(reported).isLessThanOrEqualTo(field.target().total());
        assertThat(field.target().total() - reported)
                .as("what ten users asked in the second or two that the dead worker had not told of")
                .isLessThan(300);
        assertThat(report.path("workers").get(1).path("lost_at").asText())
                .isGreaterThan(report.path("started_at").asText());
    }

    @Test
    @Tag("faults")
    void aWorkerWithOneCoreHasHalfTheUsersOfOneWithTwo() throws Exception {
        assumeThat(Runtime.getRuntime().availableProcessors()).isEqualTo(2);
        Orders orders = new Orders(field.orchestrator("orchestrator").awaitReady());
        field.worker("worker-1");
        field.keep(RealProcess.start(
                field.home(),
                field.redis().url(),
                "worker-2",
                List.of("taskset", "-c", "0"),
                List.of("worker", "start", "--worker-id", "worker-2")));
        orders.awaitReadyWorkers(2);
        String runId = orders.start(20, field.target(), "");
        orders.awaitState("RUNNING", Duration.ofSeconds(20));
        // They are dealt out when the run has become RUNNING.
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(orders.get("/api/v1/workers").path("workers"))
                        .extracting(
                                w -> w.path("capacity").asDouble(),
                                w -> w.path("assigned_users").asInt())
                        .as("two thirds and one third, the last one to the first of two that it would load alike")
                        .containsExactly(tuple(2.0, 14), tuple(1.0, 6)));
        await().atMost(Duration.ofSeconds(20)).until(() -> field.target().highestUser() == 19);
        end(orders, runId);
    }

    @Test
    void aFrozenWorkerSendsNothingStaleWhenItThaws() throws Exception {
        Orders orders = new Orders(field.orchestrator("orchestrator").awaitReady());
        field.worker("worker-1");
        RealProcess frozen = field.worker("worker-2");
        orders.awaitReadyWorkers(2);
        String runId = orders.start(20, field.target(), "");
        await().atMost(Duration.ofSeconds(20)).until(() -> usersNow().size() == 2);
        frozen.freeze();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> usersNow().values().stream().anyMatch(n -> n == 20));
        frozen.thaw();
        await().atMost(Duration.ofSeconds(15))
                .until(() -> usersNow().getOrDefault(String.valueOf(frozen.pid()), 0L) == 10);
        end(orders, runId);
    }

    /** Users heard in the last third of a second, by process: each asks ten times a second. */
    private Map<String, Long> usersNow() {
        return field.target().usersByPlaceSince(System.nanoTime() - 330_000_000L);
    }

    private JsonNode end(Orders orders, String runId) throws Exception {
        orders.post("/api/v1/test/stop", "{}");
        orders.awaitState("IDLE", Duration.ofSeconds(20));
        assertThat(field.target().faults()).isEmpty();
        assertThat(field.target().highestUser()).isEqualTo(19);
        return orders.report(runId);
    }
}
