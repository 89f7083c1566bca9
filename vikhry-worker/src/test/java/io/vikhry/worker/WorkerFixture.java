package io.vikhry.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.cluster.WorkerStatus.Phase;
import io.vikhry.redis.RedisFixture;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.scenario.ScenarioBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of its own with a scenario that a server counts, and workers to join it. */
abstract class WorkerFixture {
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

    static ScenarioBundle bundle;

    private final String name = "worker-it-" + CLUSTERS.incrementAndGet();
    Stage stage;
    CountingServer server;

    @BeforeAll
    static void readScenario(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("CountVU.java"), SCENARIO);
        bundle = ScenarioBundle.of(file);
    }

    @BeforeEach
    final void openStage() throws IOException {
        stage = new Stage(redis.url(), name);
        server = new CountingServer();
    }

    @AfterEach
    final void closeStage() {
        server.close();
        stage.close();
    }

    final Worker start(String id) {
        return start(id, redis.url());
    }

    /** A worker that has its own way to Redis. */
    final Worker start(String id, String redisUrl) {
        EngineOptions engine = EngineOptions.defaults().withLoops(1);
        return Worker.start(WorkerOptions.of(redisUrl, name, id).withEngine(engine));
    }

    /** Waits until the worker has the scenario; its fence. */
    final long ready(Worker worker) throws InterruptedException {
        assertThat(worker.awaitReady(Stage.BOUND)).as(worker.error().orElse("")).isTrue();
        return stage.awaitWorker(worker.workerId(), w -> w.status().phase() == Phase.READY)
                .status()
                .fence();
    }

    /** Begins a run and waits until all of its items are made; the worker's fence. */
    final long prepared(Worker worker, int items) throws InterruptedException {
        long fence = ready(worker);
        stage.begin(bundle, server.url(), items);
        stage.awaitWorker(worker.workerId(), w -> w.status().runId() != null);
        await().atMost(Stage.BOUND)
                .until(() -> stage.cluster.pools().counts("users").orElseThrow().created() == items);
        stage.awaitWorker(worker.workerId(), w -> w.status().phase() == Phase.READY);
        return fence;
    }
}
