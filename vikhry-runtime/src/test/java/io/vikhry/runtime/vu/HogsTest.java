package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.engine.EngineOptions.Scheduler;
import io.vikhry.runtime.engine.EngineOptions.Transport;
import io.vikhry.runtime.metrics.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users whose code holds a loop, and users whose code only looks as if it did. */
@Timeout(60)
class HogsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final EngineOptions LOOPS =
            EngineOptions.defaults().withLoops(2).withTransport(Transport.NIO).withScheduler(Scheduler.LOOP);

    @TempDir
    Path dir;

    @Test
    void whoComputesTooLongIsNamedWithItsLineWithin200MsWhileItHoldsTheLoop() {
        try (TestRun run = TestRun.of(LOOPS, dir, """
                int times;
                @Step(every = "500ms") void burn() {
                    crunch(System.nanoTime() + 400_000_000L);
                    if (++times == 7) stop();
                }
                static void crunch(long until) {
                    say(System.nanoTime());
                    while (System.nanoTime() < until) { Thread.onSpinWait(); }
                }
                """)) {
            List<Long> found = new CopyOnWriteArrayList<>();
            run.engine.onStall(stall -> found.add(System.nanoTime()));
            run.runOut(1);

            List<Long> millis = run.said.all().stream()
                    .map(begun -> found.stream()
                            .filter(at -> at > (long) begun)
                            .map(at -> (at - (long) begun) / 1_000_000)
                            .min(Long::compare)
                            .orElse(Long.MAX_VALUE))
                    .sorted()
                    .toList();
            assertThat(millis).hasSize(7);
            // On a machine with other work the watchdog itself may come late: the usual one is what is promised.
            assertThat(millis.get(3)).as("median of %s ms", millis).isLessThan(200);
            assertThat(run.users.warning())
                    .hasValueSatisfying(text -> assertThat(text)
                            .containsPattern("TestVU in burn holds its loop at TestVU\\.crunch\\(TestVU\\.java:\\d+\\)")
                            .contains("offload"));
            assertThat(run.errors()).anySatisfy(error -> {
                assertThat(error.code()).isEqualTo("HOLDS_LOOP");
                assertThat(error.series()).isEqualTo("burn");
                assertThat(error.detail()).contains("TestVU.burn");
            });
        }
    }

    @Test
    void whoWaitsForItsOwnLoopIsLetGoAfterSomeSeconds() {
        try (TestRun run = TestRun.of(LOOPS.withLoops(1), dir, """
                static Http http;
                static final class Slow {
                    static { http.get("/").send(); }
                    static void touch() {}
                }
                @Override public void onInit() { http = http(URI.create("http://127.0.0.1:1")).build(); }
                @Step(every = "1h") void waits() { if (id() == 0) Slow.touch(); }
                @Step(every = "10ms") void others() { say("others"); }
                """)) {
            run.follow(2);
            await().atMost(SOON).until(() -> run.users.warning().isPresent());
            long before = run.said.count("others");
            await().atMost(Duration.ofSeconds(20)).until(() -> run.said.count("others") > before + 20);

            assertThat(run.users.warning().orElseThrow()).contains("in waits waits and cannot let go of its loop");
            assertThat(run.sum(Kind.STEP, "waits").failures).isEqualTo(1);
            assertThat(run.errors())
                    .anySatisfy(error -> assertThat(error.code()).isEqualTo("PINNED"))
                    .anySatisfy(error -> assertThat(error.message()).contains("holds its own loop"));
        }
    }

    /** Where the connection is open, the request leaves at once; the answer would come through the loop all the same. */
    @Test
    void whoWaitsForAnAnswerThroughItsOwnLoopIsLetGoToo() throws IOException {
        EngineOptions mode = LOOPS.withLoops(1).withTransport(Transport.EPOLL);
        try (FickleServer server = FickleServer.start();
                TestRun run = TestRun.of(mode, Map.of("url", server.url()), dir, """
                @Param URI url = URI.create("http://127.0.0.1:1");
                static Http http;
                static final class Slow {
                    static { http.get("/late").send(); }
                    static void touch() {}
                }
                @Override public void onInit() {
                    if (id() == 0) { http = http(url).build(); http.get("/").send(); }
                }
                @Step(every = "1h") void waits() { if (id() == 0) Slow.touch(); }
                @Step(every = "10ms") void others() { say("others"); }
                """)) {
            run.follow(2);
            await().atMost(SOON).until(() -> run.users.warning().isPresent());
            long before = run.said.count("others");
            await().atMost(Duration.ofSeconds(20)).until(() -> run.said.count("others") > before + 20);

            await().atMost(SOON).until(() -> server.open() == 0);
            assertThat(server.requests()).isEqualTo(2);
            assertThat(run.sum(Kind.STEP, "waits").failures).isEqualTo(1);
            assertThat(run.errors())
                    .anySatisfy(error -> assertThat(error.message()).contains("holds its own loop"));
        }
    }

    @Test
    void aWaitThatCannotLetGoOfItsLoopIsNamedAsSuch() {
        try (TestRun run = TestRun.of(LOOPS, dir, """
                static final class Slow {
                    static { java.util.concurrent.locks.LockSupport.parkNanos(1_000_000_000L); }
                    static void touch() {}
                }
                @Step(every = "1h") void wait1() { say("wait"); Slow.touch(); stop(); }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.users.warning().isPresent());

            assertThat(run.users.warning().orElseThrow())
                    .containsPattern("in wait1 waits and cannot let go of its loop at .*Slow\\.<clinit>\\(TestVU");
        }
    }

    /** Each wait is longer than a hold must be to be found, so what holds its loop would be found at each. */
    @BothSchedulers
    void whatParksIsNoHog(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                final Object lock = new Object();
                @Step void sleeps() throws Exception { say("wait"); Thread.sleep(200); }
                @Step void locks() throws Exception { say("wait"); synchronized (lock) { Thread.sleep(200); } }
                @Step void children() throws Exception {
                    say("wait");
                    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                        threads.submit(() -> { Thread.sleep(200); return 1; }).get();
                    }
                }
                @Step void offloads() throws Exception { say("wait"); offload(() -> { Thread.sleep(200); return 1; }); }
                """)) {
            AtomicLong stalls = new AtomicLong();
            run.engine.onStall(stall -> stalls.incrementAndGet());
            run.follow(8);
            await().atMost(Duration.ofSeconds(30)).until(() -> run.said.count("wait") >= 120);

            // A thread that the machine lets wait for a core looks as if it held its loop: that may happen now and
            // then.
            assertThat(stalls.get()).as("stalls found in 120 waits").isLessThan(60);
            for (String step : List.of("sleeps", "locks", "children", "offloads")) {
                assertThat(run.sum(Kind.STEP, step).codes)
                        .as(step)
                        .containsKey("OK")
                        .doesNotContainKeys("EXCEPTION", "TIMEOUT");
            }
            assertThat(run.errors()).noneMatch(error -> error.code().equals("PINNED"));
        }
    }

    @BothSchedulers
    void childThreadsOfAStepSendOnTheUsersLoopAndAreCountedInItsStep(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                @Step(every = "1h") void step() throws Exception {
                    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                        for (int i = 0; i < 5; i++) {
                            threads.submit(() -> { metric("m").record(Duration.ofMillis(1)); return 1; });
                        }
                    }
                    stop();
                }
                """)) {
            run.runOut(1);

            assertThat(run.sum(Kind.CUSTOM, "m").codes).isEqualTo(Map.of("OK", 5L));
            assertThat(run.seconds.stream().flatMap(s -> s.series().stream()).filter(s -> s.kind() == Kind.CUSTOM))
                    .allMatch(series -> series.step().equals("step"));
        }
    }
}
