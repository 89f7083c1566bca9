package io.vikhry.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.Halt;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.Leases;
import io.vikhry.cluster.PoolItem;
import io.vikhry.cluster.Recipe;
import io.vikhry.cluster.ScenarioRef;
import io.vikhry.cluster.WorkerIdTakenException;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerStatus.Phase;
import io.vikhry.redis.RedisFixture;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.scenario.ScenarioBundle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class WorkerIT {
    private static final String SCENARIO = """
            import io.vikhry.api.*;
            import java.net.URI;

            public class CountVU extends VU {
                @Param URI baseUrl = URI.create("http://127.0.0.1:1");

                record Account(String id, String name) {}

                @Resource("users")
                static Account account(ResourceContext ctx) {
                    ctx.http(ctx.param("baseUrl", URI.class)).build().post("/made").send().expectStatus(200);
                    if (ctx.id().equals("13")) {
                        throw new IllegalStateException("unlucky");
                    }
                    return new Account(ctx.id(), "user-" + ctx.id());
                }

                @Resource("slow")
                static Account slow(ResourceContext ctx) throws InterruptedException {
                    Http http = ctx.http(ctx.param("baseUrl", URI.class)).build();
                    for (int i = 0; i < 100; i++) {
                        http.post("/making").send();
                        Thread.sleep(100);
                    }
                    return new Account(ctx.id(), "slow");
                }

                private Http http;

                @Override public void onInit() { http = http(baseUrl).build(); }

                @Override public void onStart() {
                    Account account = resources().acquire("users", Account.class);
                    http.get("/hello/" + account.name()).name("GET /hello").send().expectStatus(200);
                }

                @Step(every = "20ms")
                void ping() { http.get("/ping").send().expectStatus(200); }
            }
            """;

    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    private static final AtomicInteger CLUSTERS = new AtomicInteger();

    private static ScenarioBundle bundle;

    private final String name = "worker-it-" + CLUSTERS.incrementAndGet();
    private Stage stage;
    private CountingServer server;

    @BeforeAll
    static void compile(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("CountVU.java"), SCENARIO);
        bundle = ScenarioBundle.of(file);
    }

    @BeforeEach
    void open() throws IOException {
        stage = new Stage(redis.url(), name);
        server = new CountingServer();
    }

    @AfterEach
    void close() {
        server.close();
        stage.close();
    }

    private Worker start(String id) {
        EngineOptions engine = EngineOptions.defaults().withLoops(1);
        return Worker.start(WorkerOptions.of(redis.url(), name, id).withEngine(engine));
    }

    private long ready(Worker worker) throws InterruptedException {
        assertThat(worker.awaitReady(Stage.BOUND)).as(worker.error().orElse("")).isTrue();
        return stage.awaitWorker(worker.workerId(), w -> w.status().phase() == Phase.READY)
                .status()
                .fence();
    }

    private long prepared(Worker worker, int items) throws InterruptedException {
        long fence = ready(worker);
        stage.begin(bundle, server.url(), items);
        stage.awaitWorker(worker.workerId(), w -> w.status().runId() != null);
        await().atMost(Stage.BOUND)
                .until(() -> stage.cluster.pools().counts("users").orElseThrow().created() == items);
        stage.awaitWorker(worker.workerId(), w -> w.status().phase() == Phase.READY);
        return fence;
    }

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
