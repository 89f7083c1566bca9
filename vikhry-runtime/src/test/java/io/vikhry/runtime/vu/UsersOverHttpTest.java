package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.metrics.Kind;
import io.vikhry.runtime.scenario.ResourceFactories;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Users that talk to a real server. */
@Timeout(60)
class UsersOverHttpTest {
    private static final String MODES = "io.vikhry.runtime.vu.TestRun#modes";
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String CLIENT = """
            @Param URI base;
            Http http;
            @Override public void onInit() { http = http(base).build(); }
            """;

    @TempDir
    Path dir;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch stuck = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            if (exchange.getRequestURI().getPath().equals("/stuck")) {
                try {
                    stuck.await(30, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            byte[] body = "{\"ok\":true}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/bad") ? 500 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        stuck.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private Map<String, String> base() {
        return Map.of("base", "http://127.0.0.1:" + server.getAddress().getPort());
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void requestsCarryTheLatenessOfTheirStep(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, base(), dir, CLIENT + """
                int n;
                @Step(every = "20ms") void step() throws Exception {
                    if (n++ == 5) Thread.sleep(1_000);
                    else http.get("/x").send().expectStatus(200);
                    if (n == 20) stop();
                }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.users.startedVus() == 1 && run.users.activeVus() == 0);

            TestRun.Sum get = run.sum(Kind.REQUEST, "GET /x");
            assertThat(get.codes).isEqualTo(Map.of("200", 19L));
            // The slowest request may be the first, which waits for its connection and for classes.
            assertThat(get.maxResponseMicros - get.maxServiceMicros).isGreaterThan(250_000);
            assertThat(get.maxResponseMicros).isGreaterThan(750_000);
            assertThat(run.seconds.stream().flatMap(s -> s.series().stream()).filter(s -> s.kind() == Kind.REQUEST))
                    .allMatch(series -> series.step().equals("step"));
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void aStepsTimeoutEndsItsRequestAndTheNextStepIsUnharmed(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, base(), dir, CLIENT + """
                int n;
                @Step(timeout = "500ms") void step() {
                    if (n++ == 0) http.get("/stuck").send();
                    http.get("/x").send();
                    if (n == 3) stop();
                }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.users.startedVus() == 1 && run.users.activeVus() == 0);

            assertThat(run.sum(Kind.STEP, "step").codes).isEqualTo(Map.of("TIMEOUT", 1L, "OK", 2L));
            TestRun.Sum cut = run.sum(Kind.REQUEST, "GET /stuck");
            assertThat(cut.codes)
                    .as("the request is in the result, with its time")
                    .isEqualTo(Map.of("TIMEOUT", 1L));
            assertThat(cut.maxServiceMicros).isBetween(250_000L, 3_000_000L);
            assertThat(run.sum(Kind.REQUEST, "GET /x").codes).isEqualTo(Map.of("200", 2L));
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void aFailedRequestFailsItsStepAndIsReportedOnce(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, base(), dir, CLIENT + """
                @Step void step() {
                    stop();
                    http.get("/bad").send().expectStatus(200);
                }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.users.startedVus() == 1 && run.users.activeVus() == 0);

            assertThat(run.sum(Kind.STEP, "step").codes).isEqualTo(Map.of("CHECK", 1L));
            assertThat(run.sum(Kind.REQUEST, "GET /bad").failures).isEqualTo(1);
            assertThat(run.errors()).allMatch(error -> error.series().equals("GET /bad"));
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void behindAShutFenceNoRequestLeavesNotEvenInTheMiddleOfAStep(EngineOptions mode) {
        try (TestRun run = TestRun.of(
                mode,
                base(),
                dir,
                CLIENT
                        + "@Step void step() { for (int i = 0; i < 1000; i++) { http.get(\"/x\").send(); pause(Duration.ofMillis(1)); } }")) {
            run.follow(3);
            await().atMost(SOON).until(() -> requests.get() > 20);
            run.fence.renewUntil(System.nanoTime());
            await().atMost(SOON).until(() -> {
                int before = requests.get();
                await().pollDelay(Duration.ofMillis(80)).until(() -> true);
                return requests.get() == before;
            });
            int before = requests.get();
            await().during(Duration.ofMillis(150)).until(() -> requests.get() == before);
            run.fence.renewUntil(System.nanoTime() + 60_000_000_000L);
            await().atMost(SOON).until(() -> requests.get() > before + 20);
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void drainEndsUsersWhoseRequestsHang(EngineOptions mode) throws Exception {
        try (TestRun run =
                TestRun.of(mode, base(), dir, CLIENT + "@Step void step() { http.get(\"/stuck\").send(); }")) {
            run.follow(5);
            await().atMost(SOON).until(() -> requests.get() == 5);
            long begin = System.nanoTime();
            VuExecutor.Drained drained = run.users.drain(Duration.ofMillis(100));

            assertThat(drained.interrupted()).isEqualTo(5);
            assertThat(drained.abandoned()).isEmpty();
            assertThat((System.nanoTime() - begin) / 1_000_000).isLessThan(3_000);
            assertThat(run.sum(Kind.REQUEST, "GET /stuck").codes).isEqualTo(Map.of("CANCELLED", 5L));
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void connectionsEndWithTheirUser(EngineOptions mode) throws IOException {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger seen = new AtomicInteger();
        try (ServerSocket raw = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            threads.submit(() -> {
                while (!raw.isClosed()) {
                    Socket socket = raw.accept();
                    open.incrementAndGet();
                    threads.submit(() -> {
                        try (socket) {
                            byte[] buffer = new byte[4096];
                            while (socket.getInputStream().read(buffer) > 0) {
                                seen.incrementAndGet();
                                socket.getOutputStream()
                                        .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                                                .getBytes(StandardCharsets.US_ASCII));
                            }
                        } finally {
                            open.decrementAndGet();
                        }
                        return null;
                    });
                }
                return null;
            });
            try (TestRun run = TestRun.of(
                    mode,
                    Map.of("base", "http://127.0.0.1:" + raw.getLocalPort()),
                    dir,
                    CLIENT + "@Step(every = \"5ms\") void step() { http.get(\"/x\").send(); }")) {
                run.follow(4);
                // Those who came first may have made them all.
                await().atMost(SOON).until(() -> seen.get() > 20 && open.get() >= 4);
                assertThat(open).hasValue(4);
                run.follow(1);
                await().atMost(SOON).untilAtomic(open, org.hamcrest.Matchers.is(1));
            }
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void requestsOfAResourceFactoryAreNoPartOfTheResult(EngineOptions mode) throws Exception {
        try (TestRun run = TestRun.of(mode, base(), dir, CLIENT + """
                @Resource("users") static String make(ResourceContext ctx) {
                    return ctx.http(ctx.param("base", URI.class)).build().post("/users").send().json("/ok").orElseThrow();
                }
                @Step void step() { http.get("/x").send(); stop(); }
                """)) {
            ResourceFactories factories =
                    new ResourceFactories(run.scenario, run.scenario.params().parse(base()), run.engine);
            assertThat(factories.create("users", "1", SOON)).isEqualTo("\"true\"");
            run.follow(1);
            await().atMost(SOON).until(() -> run.users.startedVus() == 1 && run.users.activeVus() == 0);

            assertThat(run.sum(Kind.REQUEST, "POST /users").count).isZero();
            assertThat(run.sum(Kind.REQUEST, "GET /x").count).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void threadsThatAStepStartsShareItsClientAndAreCountedInIt(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, base(), dir, CLIENT + """
                @Step(every = "1h") void step() throws Exception {
                    try (var own = Executors.newVirtualThreadPerTaskExecutor()) {
                        for (int i = 0; i < 10; i++) own.submit(() -> http.get("/own").send().expectStatus(200));
                    }
                    CompletableFuture.supplyAsync(() -> http.get("/future").send().expectStatus(200)).get();
                    List.of(1, 2, 3, 4).parallelStream().forEach(i -> http.get("/stream").send().expectStatus(200));
                    Thread platform = new Thread(() -> http.get("/platform").send().expectStatus(200));
                    platform.start();
                    platform.join();
                    offload(() -> { http.get("/away").send().expectStatus(200); });
                    say("done");
                    Future<?> bad = CompletableFuture.supplyAsync(() -> http.get("/bad").send().expectStatus(200));
                    try { bad.get(); } finally { stop(); }
                }
                @Step(every = "1h", requires = "step") void never() {}
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.users.startedVus() == 1 && run.users.activeVus() == 0);

            assertThat(run.said.count("done")).isEqualTo(1);
            assertThat(requests).hasValue(18);
            assertThat(run.sum(Kind.STEP, "step").codes).isEqualTo(Map.of("EXCEPTION", 1L));
            assertThat(run.sum(Kind.REQUEST, "GET /own").codes).isEqualTo(Map.of("200", 10L));
            assertThat(run.sum(Kind.REQUEST, "GET /future").codes).isEqualTo(Map.of("200", 1L));
            assertThat(run.sum(Kind.REQUEST, "GET /stream").codes).isEqualTo(Map.of("200", 4L));
            assertThat(run.sum(Kind.REQUEST, "GET /platform").codes).isEqualTo(Map.of("200", 1L));
            assertThat(run.sum(Kind.REQUEST, "GET /away").codes).isEqualTo(Map.of("200", 1L));
            assertThat(run.seconds.stream().flatMap(s -> s.series().stream()).filter(s -> s.kind() == Kind.REQUEST))
                    .allMatch(series -> series.step().equals("step"));
        }
    }
}
