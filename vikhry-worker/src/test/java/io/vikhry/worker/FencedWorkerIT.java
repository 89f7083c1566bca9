package io.vikhry.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.Leases;
import io.vikhry.cluster.Recipe;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a worker does and leaves undone by its lease. */
class FencedWorkerIT extends WorkerFixture {
    @Test
    void aShareGivenToAnotherFenceIsVoid() throws Exception {
        stage.announce(bundle);
        try (Worker worker = start("worker-1")) {
            long fence = prepared(worker, 2);
            long before = server.total();
            stage.run("worker-1", fence - 1, 2);
            stage.awaitWorker("worker-1", w -> w.status().appliedVersion() == 1);
            await().during(Duration.ofMillis(1_500))
                    .atMost(Stage.BOUND)
                    .until(() -> server.total() == before
                            && stage.worker("worker-1").status().startedVus() == 0);
            stage.run("worker-1", fence, 2);
            await().atMost(Stage.BOUND).until(() -> server.total() > before + 10);
        }
    }

    @Test
    void whenTheLeaseIsLostItsUsersEndAndOnlyANewShareStartsOthers() throws Exception {
        stage.announce(bundle);
        try (Worker worker = start("worker-1")) {
            long fence = prepared(worker, 2);
            stage.run("worker-1", fence, 2);
            await().atMost(Stage.BOUND).until(() -> server.at("/ping") > 10);
            stage.loseLease("worker-1");
            long newFence = stage.awaitWorker("worker-1", w -> w.status().fence() > fence)
                    .status()
                    .fence();
            stage.awaitWorker("worker-1", w -> w.status().activeVus() == 0);
            long stopped = server.total();
            stage.awaitWorker("worker-1", w -> w.status().appliedVersion() == 1);
            assertThat(server.total()).as("the old share is void").isEqualTo(stopped);
            stage.cluster.pools().reclaim(stage.leader);
            stage.run("worker-1", newFence, 2);
            await().atMost(Stage.BOUND).until(() -> server.total() > stopped + 10);
            stage.drain("worker-1", newFence, 2);
            List<IntervalBatch> batches = stage.batches(true);
            assertThat(batches).extracting(IntervalBatch::fence).containsOnly(fence);
            assertThat(Stage.requests(batches)).isEqualTo(server.total() - server.at("/made"));
            assertThat(stage.missing()).isZero();
        }
    }

    @Test
    void whatRedisLostWhileItDidNotAnswerIsSentAgainThoughTheLeaseLasts() throws Exception {
        stage.announce(bundle);
        try (LostAnswers way = new LostAnswers(redis.url());
                Worker worker = start("worker-1", way.url())) {
            long fence = prepared(worker, 2);
            stage.run("worker-1", fence, 2);
            stage.awaitWorker("worker-1", w -> w.status().lastSeq() > 2);
            way.lose(true);
            await().atMost(Stage.BOUND).until(() -> worker.error().isPresent());
            stage.loseBatches();
            way.lose(false);
            await().atMost(Stage.BOUND).until(() -> worker.error().isEmpty());

            stage.drain("worker-1", fence, 2);
            List<IntervalBatch> batches = stage.batches(true);
            assertThat(stage.worker("worker-1").status().fence())
                    .as("one lease")
                    .isEqualTo(fence);
            assertThat(stage.missing()).isZero();
            assertThat(Stage.requests(batches)).isEqualTo(server.total() - server.at("/made"));
        }
    }

    @Test
    void whenRedisIsSilentUsersAndFactoriesSendNothingOnceTheLeaseMayBeOver() throws Exception {
        stage.announce(bundle);
        try (Worker worker = start("worker-1")) {
            long fence = prepared(worker, 2);
            stage.run("worker-1", fence, 2);
            Recipe recipe = new Recipe(bundle.digest(), Map.of("baseUrl", server.url()));
            stage.cluster.orders().create(stage.leader, "slow", 1, recipe);
            await().atMost(Stage.BOUND).until(() -> server.at("/ping") > 10 && server.at("/making") > 0);
            long silentSince = System.nanoTime();
            stage.silence(Duration.ofSeconds(8));
            await().atMost(Duration.ofSeconds(8)).until(() -> System.nanoTime() - server.lastNanos() > 1_000_000_000L);
            long lastMillis = (server.lastNanos() - silentSince) / 1_000_000;
            assertThat(lastMillis).as("they went on at first").isGreaterThan(1_000);
            assertThat(lastMillis).as("and stopped before the lease ran out").isLessThan(Leases.TTL_MILLIS);
            assertThat(worker.error()).hasValueSatisfying(why -> assertThat(why).contains("did not answer within 3 s"));

            long parked = server.total();
            stage.awaitWorker("worker-1", w -> w.alive() && w.status().fence() > fence);
            stage.awaitWorker("worker-1", w -> w.status().activeVus() == 0);
            assertThat(server.total()).as("the lease was lost, so they ended").isEqualTo(parked);

            long made = server.at("/making");
            stage.cluster.pools().reclaim(stage.leader);
            await().atMost(Stage.BOUND).until(() -> server.at("/making") > made);
        }
    }
}
