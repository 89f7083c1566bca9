package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.metrics.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How users choose their steps, and what follows when one fails, with both schedulers. */
@Timeout(60)
class StrategiesTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String PARALLEL =
            "@Override public StepStrategy strategy() { return StepStrategies.parallelReady(); }\n";

    @TempDir
    Path dir;

    @BothSchedulers
    void aSlowStepDelaysNoOtherThatIsReady(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, PARALLEL + """
                @Step(every = "1h") void slow() { pause(Duration.ofSeconds(1)); say("slow"); }
                @Step(every = "10ms") void fast() { say("fast"); }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.said.count("slow") == 1);

            assertThat(run.said.all().indexOf("slow"))
                    .as("fast steps meanwhile")
                    .isGreaterThan(40);
        }
    }

    @BothSchedulers
    void noStepEverOverlapsItself(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, PARALLEL + """
                static final AtomicInteger LATE = new AtomicInteger();
                final AtomicInteger a = new AtomicInteger();
                final AtomicInteger b = new AtomicInteger();
                @Step void quick() { once(a, 1); }
                @Step(every = "1ms") void late() { once(b, 5); if (LATE.incrementAndGet() == 1_000) say("enough"); }
                void once(AtomicInteger in, int ms) {
                    if (in.incrementAndGet() != 1) say("twice");
                    pause(Duration.ofMillis(ms));
                    in.decrementAndGet();
                }
                """)) {
            run.follow(20);
            // 50 of each user's, which is 4 ms further behind after each of them.
            await().atMost(SOON).until(() -> run.said.count("enough") == 1);

            TestRun.Sum late = run.sum(Kind.STEP, "late");
            assertThat(run.said.count("twice")).isZero();
            assertThat(late.count).isGreaterThan(900);
            assertThat(late.maxResponseMicros - late.maxServiceMicros)
                    .as("keeps its intended times")
                    .isGreaterThan(100_000);
        }
    }

    @BothSchedulers
    void stepsThatRequireOneStartWhenItHasSucceeded(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, PARALLEL + """
                @Step(every = "1h") void login() { say("login"); pause(Duration.ofMillis(100)); }
                @Step(every = "1h", requires = "login") void buy() { say("buy"); }
                @Step(every = "1h") void look() { say("look"); }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.said.count("buy") == 1);

            assertThat(run.said.all()).as("login and look begin together").contains("login", "look");
            assertThat(run.said.all()).hasSize(3).endsWith("buy");
        }
    }

    @BothSchedulers
    void aStepsTimeoutHitsThatStepAlone(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, PARALLEL + """
                @Step(every = "1h", timeout = "100ms") void stuck() { pause(Duration.ofSeconds(30)); }
                @Step(every = "1h") void other() { pause(Duration.ofMillis(400)); say("other"); stop(); }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.said.count("other") == 1);
            await().atMost(SOON).until(() -> run.users.activeVus() == 0);

            assertThat(run.sum(Kind.STEP, "stuck").codes).isEqualTo(Map.of("TIMEOUT", 1L));
            assertThat(run.sum(Kind.STEP, "other").codes).isEqualTo(Map.of("OK", 1L));
        }
    }

    @BothSchedulers
    void eachOfParallelStepsIsMeasuredUnderItsOwnName(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, PARALLEL + """
                @Step(every = "1h") void a() throws Exception { flow("f", () -> pause(Duration.ofMillis(50))); say("x"); }
                @Step(every = "1h") void b() throws Exception { flow("f", () -> pause(Duration.ofMillis(50))); say("x"); }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.said.count("x") == 2);
            run.sum(Kind.FLOW, "f");

            assertThat(run.seconds.stream()
                            .flatMap(s -> s.series().stream())
                            .filter(s -> s.kind() == Kind.FLOW)
                            .map(s -> s.step() + " " + s.count()))
                    .containsExactlyInAnyOrder("a 1", "b 1");
        }
    }

    @BothSchedulers
    void theEndWaitsForStepsUnderWayAndInterruptsThoseThatTakeTooLong(EngineOptions mode) throws Exception {
        try (TestRun run = TestRun.of(mode, dir, PARALLEL + """
                @Override public void onStop() { say("stopped"); }
                @Step(every = "1h") void a() { say("a"); pause(Duration.ofMillis(300)); say("a done"); }
                @Step(every = "1h") void b() { say("b"); pause(Duration.ofSeconds(30)); say("b done"); }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.said.all().size() == 2);
            VuExecutor.Drained drained = run.users.drain(Duration.ofSeconds(1));

            assertThat(run.said.all()).hasSize(4);
            assertThat(run.said.all().subList(0, 2)).containsExactlyInAnyOrder("a", "b");
            assertThat(run.said.all().subList(2, 4)).containsExactly("a done", "stopped");
            assertThat(drained).isEqualTo(new VuExecutor.Drained(1, java.util.List.of()));
            assertThat(run.sum(Kind.STEP, "b").codes).isEqualTo(Map.of("CANCELLED", 1L));
        }
    }

    @BothSchedulers
    void aStrategyOfOnesOwnChoosesAmongWhatIsReady(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                int n;
                @Override public StepStrategy strategy() {
                    return (ready, random) -> {
                        String wanted = n % 2 == 0 ? "even" : "odd";
                        return ready.stream().filter(step -> step.name().equals(wanted)).findFirst();
                    };
                }
                @Step void odd() { say("odd"); next(); }
                @Step void even() { say("even"); next(); }
                @Step(requires = "odd", every = "1h") void never() { say("never"); }
                void next() { if (++n == 6) stop(); }
                """)) {
            run.runOut(1);

            assertThat(run.said.all()).containsExactly("even", "odd", "even", "odd", "even", "odd");
        }
    }

    @BothSchedulers
    void aStrategyThatWaitsIsAskedAgain(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                final long begin = System.nanoTime();
                @Override public StepStrategy strategy() {
                    return (ready, random) -> {
                        say("asked");
                        return System.nanoTime() - begin < 500_000_000 ? Optional.empty() : Optional.of(ready.getFirst());
                    };
                }
                @Step void step() { say("step"); stop(); }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.said.count("step") == 1);

            assertThat(run.said.count("asked")).isBetween(2L, 8L);
        }
    }

    @BothSchedulers
    void aStrategyThatFailsEndsItsUserAndIsCounted(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                @Override public StepStrategy strategy() {
                    return (ready, random) -> Optional.of(new ReadyStep("nosuch", 1, Duration.ZERO));
                }
                @Override public void onStop() { say("stopped"); }
                @Step void step() {}
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.said.count("stopped") == 1);

            assertThat(run.errors())
                    .singleElement()
                    .satisfies(
                            error -> assertThat(error.message()).contains("chose step \"nosuch\", which is not ready"));
        }
    }

    @BothSchedulers
    void aFailureMayEndTheUserOrAskForTheEndOfTheRun(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                @Override public void onStop() { say("stopped " + id()); }
                @Step void on() { if (id() == 0) throw new IllegalStateException("first"); pause(Duration.ofMillis(5)); }
                @Step(onError = OnError.STOP_USER) void stop1() { if (id() == 1) throw new IllegalStateException("second"); }
                @Step(onError = OnError.ABORT_RUN) void abort2() {
                    if (id() == 2 && System.getProperty("vikhry.test.abort") != null) throw new IllegalStateException("third");
                }
                """)) {
            System.clearProperty("vikhry.test.abort");
            run.follow(3);
            await().atMost(SOON).until(() -> run.said.count("stopped 1") == 1);
            await().atMost(SOON).until(() -> run.users.activeVus() == 2);
            assertThat(run.users.abortReason()).isEmpty();
            System.setProperty("vikhry.test.abort", "now");
            await().atMost(SOON).until(() -> run.said.count("stopped 2") == 1);

            assertThat(run.users.abortReason())
                    .hasValue("step \"abort2\" of user 2 failed: EXCEPTION, IllegalStateException: third");
            assertThat(run.said.all()).doesNotContain("stopped 0");
        } finally {
            System.clearProperty("vikhry.test.abort");
        }
    }

    @BothSchedulers
    void aPoolsThreadCountsInNoStepRatherThanInTheOneThatItWasMadeIn(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                static final ForkJoinPool JOINS = new ForkJoinPool(1);
                static final ExecutorService POOL = Executors.newFixedThreadPool(1, Thread.ofPlatform().daemon().factory());
                @Override public StepStrategy strategy() { return StepStrategies.parallelReady(); }
                void use() throws Exception {
                    JOINS.submit(() -> metric("m").record(Duration.ofMillis(1))).get();
                    POOL.submit(() -> metric("n").record(Duration.ofMillis(1))).get();
                }
                @Step(every = "1h") void first() throws Exception { use(); }
                @Step(every = "1h", requires = "first") void second() throws Exception { use(); say("done"); }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.said.count("done") == 1);

            run.errors();
            assertThat(run.seconds.stream()
                            .flatMap(second -> second.series().stream())
                            .filter(series -> series.kind() == Kind.CUSTOM)
                            .collect(Collectors.groupingBy(
                                    series -> series.name() + " in " + series.step(),
                                    Collectors.summingLong(series -> series.count()))))
                    .isEqualTo(Map.of("m in ", 2L, "n in first", 1L, "n in ", 1L));
        }
    }
}
