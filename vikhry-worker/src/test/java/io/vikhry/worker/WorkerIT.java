package io.vikhry.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.Halt;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.PoolItem;
import io.vikhry.cluster.ScenarioRef;
import io.vikhry.cluster.WorkerIdTakenException;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerStatus.Phase;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** What a worker does for a run, from the scenario to the last batch. */
class WorkerIT extends WorkerFixture {
    @Test
    void everyRequestOfARunIsInItsBatchesAndTheLastOneSaysSo() throws Exception {
        stage.announce(bundle);
        try (Worker worker = start("worker-1")) {
            long fence = prepared(worker, 3);
            assertThat(server.at("/made")).as("factories made the items").isEqualTo(3);
            long before = server.total();
            stage.run("worker-1", fence, 3);
            await().atMost(Stage.BOUND).until(() -> server.at("/ping") > 50);
            assertThat(stage.worker("worker-1").status().phase()).isEqualTo(Phase.RUNNING);
            stage.awaitWorker(
                    "worker-1", w -> w.status().activeVus() == 3 && w.status().lastSeq() > 1);
            assertThat(stage.cluster.pools().counts("users").orElseThrow().leased())
                    .isEqualTo(3);
            for (int i = 1; i <= 3; i++) {
                assertThat(server.at("/hello/user-" + i))
                        .as("one user has item %d", i)
                        .isEqualTo(1);
            }

            stage.drain("worker-1", fence, 3);
            List<IntervalBatch> batches = stage.batches(true);
            assertThat(Stage.requests(batches)).isEqualTo(server.total() - before);
            assertThat(stage.missing()).isZero();
            assertThat(batches.getLast().last()).isTrue();
            assertThat(batches).filteredOn(IntervalBatch::last).hasSize(1);
            assertThat(batches.getLast().activeVus()).isZero();
            assertThat(stage.cluster.pools().counts("users").orElseThrow().leased())
                    .isZero();
            assertHistogramsHoldEverySample(batches);

            stage.idle();
            stage.awaitWorker(
                    "worker-1",
                    w -> w.status().phase() == Phase.READY && w.status().runId() == null);
            long end = server.total();
            long secondFence = prepared(worker, 3);
            assertThat(secondFence).isEqualTo(fence);
            stage.run("worker-1", fence, 2);
            await().atMost(Stage.BOUND).until(() -> server.total() > end + 10);
        }
    }

    private static void assertHistogramsHoldEverySample(List<IntervalBatch> batches) throws DataFormatException {
        for (IntervalBatch batch : batches) {
            for (IntervalBatch.SeriesDelta series : batch.series()) {
                Histogram response = Histogram.decodeFromByteBuffer(ByteBuffer.wrap(series.response()), 0);
                assertThat(response.getTotalCount()).as(series.name()).isEqualTo(series.count());
            }
        }
    }

    @Test
    void closingAWorkerEndsItsUsersAndSendsTheLastBatch() throws Exception {
        stage.announce(bundle);
        Worker worker = start("worker-1");
        long fence = prepared(worker, 2);
        stage.run("worker-1", fence, 2);
        await().atMost(Stage.BOUND).until(() -> server.at("/ping") > 10);
        worker.close();
        worker.close();
        assertThat(stage.cluster.leases().workers()).singleElement().satisfies(left -> {
            assertThat(left.alive()).isFalse();
            assertThat(left.status().phase()).isEqualTo(WorkerStatus.Phase.LEAVING);
        });
        List<IntervalBatch> batches = stage.batches(true);
        assertThat(Stage.requests(batches)).isEqualTo(server.total() - server.at("/made"));
        assertThat(stage.cluster.pools().counts("users").orElseThrow().leased()).isZero();
    }

    @Test
    void anItemThatCannotBeMadeIsReportedWithItsReason() throws Exception {
        stage.announce(bundle);
        try (Worker worker = start("worker-1")) {
            ready(worker);
            stage.begin(bundle, server.url(), 14);
            await().atMost(Stage.BOUND)
                    .until(() ->
                            stage.cluster.pools().counts("users").orElseThrow().failed() == 1);
            assertThat(stage.cluster.pools().items("users", 12, 1, null).items())
                    .singleElement()
                    .satisfies(item -> {
                        assertThat(item.state()).isEqualTo(PoolItem.State.FAILED);
                        assertThat(item.reason()).contains("unlucky");
                    });
            await().atMost(Stage.BOUND)
                    .until(() ->
                            stage.cluster.pools().counts("users").orElseThrow().created() == 13);
        }
    }

    @Test
    void aRunThatIsKilledBeforeItsUsersBeganEndsWithALastBatchAtOnce() throws Exception {
        stage.announce(bundle);
        try (Worker worker = start("worker-1")) {
            prepared(worker, 2);
            stage.cluster.halts().order(Halt.Kind.KILL, "a test");
            List<IntervalBatch> batches = stage.batches(true);
            assertThat(batches).singleElement().satisfies(batch -> {
                assertThat(batch.last()).isTrue();
                assertThat(batch.series()).isEmpty();
            });
        }
    }

    @Test
    void whyARunCouldNotBeWorkedForIsForgottenWithTheRunAlsoWhenItWasKilled() throws Exception {
        stage.announce(bundle);
        try (Worker worker = start("worker-1")) {
            ready(worker);
            stage.begin(bundle, "no url at all", 1);
            stage.awaitWorker("worker-1", w -> w.status().error() != null);
            stage.cluster.halts().order(Halt.Kind.KILL, "a test");
            stage.callOff();
            stage.idle();
            stage.awaitWorker("worker-1", w -> w.status().error() == null);
        }
    }

    @Test
    void aScenarioThatCannotBeLoadedIsSaidInOneLine() throws Exception {
        stage.cluster.scenario().announce(stage.leader, new ScenarioRef("ab".repeat(32), "Gone", "Gone.java"));
        try (Worker worker = start("worker-1")) {
            assertThat(worker.awaitReady(Stage.BOUND)).isFalse();
            assertThat(worker.error())
                    .hasValueSatisfying(
                            why -> assertThat(why).contains("not in Redis").hasLineCount(1));
            stage.awaitWorker("worker-1", w -> w.status().error() != null);
            stage.announce(bundle);
            stage.awaitWorker(
                    "worker-1",
                    w -> w.status().phase() == Phase.READY && w.status().error() == null);
            assertThat(worker.awaitReady(Duration.ofSeconds(5))).isTrue();
        }
    }

    @Test
    void aWorkerIdIsTakenByOneProcess() throws Exception {
        try (Worker worker = start("worker-1")) {
            assertThat(worker.awaitReady(Stage.BOUND)).isTrue();
            assertThatThrownBy(() -> start("worker-1"))
                    .isInstanceOf(WorkerIdTakenException.class)
                    .hasMessageContaining("worker id worker-1 is taken by process "
                            + ProcessHandle.current().pid());
        }
    }

    @Test
    void assignmentsAreIgnoredWhenTheyAreOld() throws Exception {
        stage.announce(bundle);
        try (Worker worker = start("worker-1")) {
            long fence = prepared(worker, 2);
            stage.run("worker-1", fence, 1);
            stage.run("worker-1", fence, 2);
            stage.awaitWorker(
                    "worker-1",
                    w -> w.status().appliedVersion() == 2 && w.status().activeVus() == 2);
            Assignment newest = stage.cluster.plans().assignment("run-1").orElseThrow();
            assertThat(newest.version()).isEqualTo(2);
            stage.run("worker-1", fence, 0);
            stage.awaitWorker("worker-1", w -> w.status().activeVus() == 0);
        }
    }
}
