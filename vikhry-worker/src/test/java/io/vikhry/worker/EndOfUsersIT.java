package io.vikhry.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.cluster.Halt;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.WorkerStatus.Phase;
import io.vikhry.redis.RedisFixture;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.scenario.ScenarioBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Users that take their time to end. */
class EndOfUsersIT {
    private static final String SCENARIO = """
            import io.vikhry.api.*;
            import java.net.URI;

            public class SlowVU extends VU {
                @Param URI baseUrl = URI.create("http://127.0.0.1:1");

                private Http http;

                @Override public void onInit() { http = http(baseUrl).build(); }

                @Step void work() throws InterruptedException {
                    try {
                        http.get("/work").send();
                    } catch (RuntimeException e) {
                        // It was cut: the user goes on all the same.
                    }
                    long until = System.nanoTime() + 60_000_000_000L;
                    while (System.nanoTime() < until) {
                        try {
                            Thread.sleep(100);
                        } catch (InterruptedException e) {
                            if (id() == 0) throw e;
                            until = Math.min(until, System.nanoTime() + 6_000_000_000L);
                        }
                    }
                }
            }
            """;

    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    private static ScenarioBundle bundle;

    private Stage stage;
    private CountingServer server;
    private Worker worker;
    private long fence;

    @BeforeAll
    static void compile(@TempDir Path dir) throws IOException {
        bundle = ScenarioBundle.of(Files.writeString(dir.resolve("SlowVU.java"), SCENARIO));
    }

    @BeforeEach
    void prepare() throws Exception {
        redis.flush();
        stage = new Stage(redis.url(), "end-of-users");
        server = new CountingServer();
        stage.announce(bundle);
        worker = Worker.start(WorkerOptions.of(redis.url(), "end-of-users", "worker-1")
                .withEngine(EngineOptions.defaults().withLoops(1)));
        assertThat(worker.awaitReady(Stage.BOUND)).isTrue();
        fence = stage.worker("worker-1").status().fence();
        stage.begin(bundle, server.url(), 0);
        stage.awaitWorker("worker-1", w -> w.status().runId() != null);
    }

    @AfterEach
    void close() {
        worker.close();
        server.close();
        stage.close();
    }

    private void work(int users) {
        stage.run("worker-1", fence, users);
        await().atMost(Stage.BOUND).until(() -> server.at("/work") == users);
    }

    @Test
    void aKillHurriesUsersThatWereGivenTheTimeToFinish() {
        work(1);
        stage.drain("worker-1", fence, 1);
        stage.awaitWorker("worker-1", w -> w.status().phase() == Phase.DRAINING);
        long killed = System.nanoTime();
        stage.cluster.halts().order(Halt.Kind.KILL, "a test");
        List<IntervalBatch> batches = stage.batches(true);

        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed))
                .as("ms, of the ten seconds that they had")
                .isLessThan(4_000);
        assertThat(batches.getLast().activeVus()).isZero();
    }

    @Test
    void anOrderThatIsHeardWithEachRenewalKeepsOneThreadBusyWithTheEnd() {
        work(2);
        stage.cluster.halts().order(Halt.Kind.KILL, "a test");
        stage.awaitWorker("worker-1", w -> w.status().phase() == Phase.DRAINING);
        long since = stage.worker("worker-1").lastSeenMillis();
        stage.awaitWorker("worker-1", w -> w.lastSeenMillis() - since > 1_500);

        assertThat(stage.worker("worker-1").status().phase())
                .as("a user still has to end")
                .isEqualTo(Phase.DRAINING);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .filteredOn("vikhry-drain"::equals)
                .hasSize(1);
        assertThat(stage.batches(true).getLast().activeVus()).isZero();
    }
}
