package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.http.AllowedHosts;
import io.vikhry.runtime.metrics.Kind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a run may not do, seen from a target that counts. */
class LeashTest {
    private static final String SCENARIO = """
            @Param URI base;
            Http http;
            @Override public void onInit() { http = http(base).redirects(2).build(); }
            @Override public void onStop() { say("stopped"); http.get("/bye").send(); }
            @Step void get() { http.get("/x").send(); }
            """;

    @TempDir
    Path dir;

    private final Queue<Long> came = new ConcurrentLinkedQueue<>();
    private final Semaphore answers = new Semaphore(0);
    private volatile boolean holding;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    static List<EngineOptions> modes() {
        return TestRun.modes().toList();
    }

    @BeforeEach
    void serve() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            came.add(System.nanoTime());
            if (holding) {
                answers.acquireUninterruptibly();
            }
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        answers.release(1_000);
        server.stop(0);
        threads.shutdownNow();
    }

    private Map<String, String> params() {
        return Map.of("base", "http://127.0.0.1:" + server.getAddress().getPort());
    }

    @ParameterizedTest
    @MethodSource("modes")
    void neverMoreRequestsBeginInASecondThanTheLimitAndTheWaitIsInTheResponseTimeAlone(EngineOptions mode) {
        Throttle throttle = new Throttle();
        throttle.share(50);
        Leash leash = new Leash(AllowedHosts.ANY, throttle);
        try (TestRun run = TestRun.of(mode, params(), leash, dir, SCENARIO)) {
            run.follow(40);
            await().atMost(Duration.ofSeconds(20)).until(() -> came.size() >= 200);
            run.fence.close();
            TestRun.Sum sum = run.sum(Kind.REQUEST, "GET /x");
            // What the first ones wait for connections and classes, the next ones do not.
            List<Long> warm = came.stream().skip(50).toList();
            assertThat(mostInASecond(warm)).as("as a busy machine counts").isLessThanOrEqualTo(55);
            assertThat(throttle.heldRequests()).isGreaterThan(100);
            assertThat(sum.response.getMean()).as("40 users share 50/s").isGreaterThan(300_000);
            assertThat(sum.service.getMean()).isLessThan(100_000);
        }
    }

    private static int mostInASecond(List<Long> times) {
        int most = 0;
        int from = 0;
        for (int to = 0; to < times.size(); to++) {
            while (times.get(to) - times.get(from) >= TimeUnit.SECONDS.toNanos(1)) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }

    @ParameterizedTest
    @MethodSource("modes")
    void aHostThatIsNotAllowedHearsNothing(EngineOptions mode) {
        Leash leash = new Leash(AllowedHosts.of(List.of("elsewhere.test")), null);
        String saying = SCENARIO.replace("void get() { ", "void get() { say(\"get\"); ");
        try (TestRun run = TestRun.of(mode, params(), leash, dir, saying)) {
            run.follow(2);
            // Who says it a second time has been refused once.
            await().atMost(Duration.ofSeconds(20)).until(() -> run.said.count("get") > 2);
            TestRun.Sum sum = run.sum(Kind.REQUEST, "GET /x");
            assertThat(sum.codes.keySet()).containsExactly("NOT_ALLOWED");
            assertThat(came).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void aKillCutsWhatIsInFlightAndRunsNoOnStop(EngineOptions mode) throws Exception {
        holding = true;
        try (TestRun run = TestRun.of(mode, params(), Leash.NONE, dir, SCENARIO)) {
            run.follow(20);
            await().atMost(Duration.ofSeconds(20)).until(() -> came.size() == 20);
            long begin = System.nanoTime();
            run.fence.close();
            run.users.kill();
            assertThat(run.users.drain(Duration.ZERO).abandoned()).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
            TestRun.Sum sum = run.sum(Kind.REQUEST, "GET /x");
            assertThat(sum.codes).isEqualTo(Map.of("CANCELLED", 20L));
            assertThat(run.said.all()).isEmpty();
            assertThat(came).hasSize(20);
        }
    }
}
