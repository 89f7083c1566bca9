package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.LoadCurve.Stage;
import io.vikhry.runtime.load.VuSet;
import io.vikhry.runtime.metrics.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The life of users, on real loops, with both schedulers. */
@Timeout(60)
class VuExecutorTest {
    private static final String MODES = "io.vikhry.runtime.vu.TestRun#modes";
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path dir;

    @ParameterizedTest
    @MethodSource(MODES)
    void aUserLivesFromInitToStop(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, Map.of("greeting", "hello"), dir, """
                @Param String greeting;
                @Override public void onInit() { say("init " + greeting + " " + id()); }
                @Override public void onStart() { say("start"); }
                @Override public void onStop() { say("stop"); }
                @Step void step() { say("step"); stop(); }
                """)) {
            run.follow(1);

            await().atMost(SOON).until(() -> run.said.count("stop") == 1);
            assertThat(run.said.all()).containsExactly("init hello 0", "start", "step", "stop");
            await().until(() -> run.users.activeVus() == 0);
            assertThat(run.users.startedVus()).isEqualTo(1);
            assertThat(run.users.failedVus()).isZero();
            assertThat(run.sum(Kind.STEP, "step").codes).containsExactly(Map.entry("OK", 1L));
            assertThat(run.sum(Kind.LIFECYCLE, "onStop").codes).containsExactly(Map.entry("OK", 1L));
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void usersAreAtWorkAsTheCurveSays(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, "@Step void step() { pause(Duration.ofMillis(5)); }")) {
            run.follow(50);
            await().atMost(SOON).until(() -> run.users.activeVus() == 50);
            run.follow(20);
            await().atMost(SOON).until(() -> run.users.activeVus() == 20);
            run.follow(60);
            await().atMost(SOON).until(() -> run.users.activeVus() == 60);
            assertThat(run.users.startedVus()).isEqualTo(90);
            assertThat(run.users.debt()).isZero();
            run.follow(0);
            await().atMost(SOON).until(() -> run.users.activeVus() == 0);
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void aRampStartsAndEndsUsersAtItsPace(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                @Override public void onInit() { say(System.nanoTime()); }
                @Step void step() { pause(Duration.ofMillis(5)); }
                """)) {
            long t0 = System.nanoTime() + 100_000_000;
            run.users.follow(
                    VuSet.of(0, 100), LoadCurve.of(List.of(new Stage(0, 100, 1000), new Stage(1200, 0, 300))), t0);

            await().atMost(SOON).until(() -> run.users.startedVus() == 100);
            await().atMost(SOON).until(() -> run.users.activeVus() == 0);
            List<Object> starts = run.said.all();
            assertThat(starts).hasSize(100);
            List<Long> sorted = starts.stream().map(Long.class::cast).sorted().toList();
            for (int i = 0; i < 100; i++) {
                long wanted = t0 + i * 10_000_000L;
                assertThat((sorted.get(i) - wanted) / 1e6)
                        .as("start of user %d, ms off", i)
                        .isBetween(0.0, 500.0);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void onlyTheUsersOfTheSetRunAndOnlyTheDifferenceMoves(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                @Override public void onInit() { say("begin " + id()); }
                @Override public void onStop() { say("end " + id()); }
                @Step(every = "1h") void step() {}
                """)) {
            long t0 = System.nanoTime();
            run.users.follow(VuSet.of(10, 20), LoadCurve.constant(15), t0);
            await().atMost(SOON).until(() -> run.users.activeVus() == 5);
            run.users.follow(
                    VuSet.of(List.of(new VuSet.Range(12, 20), new VuSet.Range(0, 2))), LoadCurve.constant(15), t0);
            await().atMost(SOON).until(() -> run.said.all().size() == 9);

            assertThat(run.said.all())
                    .contains("begin 10", "begin 11", "begin 12", "begin 13", "begin 14")
                    .contains("end 10", "end 11", "begin 0", "begin 1");
            assertThat(run.users.activeVus()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void startsOfAJumpAreSpread(EngineOptions mode) {
        VuOptions options = VuOptions.DEFAULT.withStartSpread(Duration.ofMillis(500));
        try (TestRun run = TestRun.of(mode, options, dir, """
                @Override public void onInit() { say(System.nanoTime()); }
                @Step(every = "1h") void step() {}
                """)) {
            run.follow(100);
            await().atMost(SOON).until(() -> run.users.activeVus() == 100);

            List<Long> starts =
                    run.said.all().stream().map(Long.class::cast).sorted().toList();
            assertThat((starts.getLast() - starts.getFirst()) / 1_000_000).isBetween(400L, 5_000L);
            assertThat((starts.get(50) - starts.getFirst()) / 1_000_000).isGreaterThan(150);
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void oneUserNeverRunsTwiceHoweverTheLoadFlips(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                static final Map<Long, AtomicInteger> LIVES = new ConcurrentHashMap<>();
                @Override public void onInit() {
                    if (LIVES.computeIfAbsent(id(), x -> new AtomicInteger()).incrementAndGet() != 1) say("twice");
                }
                @Override public void onStop() { pause(Duration.ofMillis(3)); LIVES.get(id()).decrementAndGet(); }
                @Step void step() { pause(Duration.ofMillis(1)); }
                """)) {
            for (int i = 0; i < 300; i++) {
                run.follow(i % 2 == 0 ? 20 : 0);
                long until = System.nanoTime() + (i % 7) * 500_000L;
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
            }
            run.follow(20);
            await().atMost(SOON).until(() -> run.users.activeVus() == 20 && run.users.debt() == 0);
            assertThat(run.said.all()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void aUserThatEndsByItselfIsNotReplaced(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, "@Step void step() { say(id()); stop(); }")) {
            run.follow(5);
            await().atMost(SOON).until(() -> run.users.startedVus() == 5 && run.users.activeVus() == 0);
            run.follow(5);
            run.follow(6);
            await().atMost(SOON).until(() -> run.said.all().size() == 6);
            await().during(Duration.ofMillis(200)).until(() -> run.users.startedVus() == 6);
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void aFailedStartIsCountedAndSaidAndStopRunsAllTheSame(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                @Override public void onStart() { if (id() == 1) deep(3); }
                void deep(int n) { if (n == 0) throw new IllegalStateException("no account"); deep(n - 1); }
                @Override public void onStop() { if (id() == 1) { say("stopped"); throw new RuntimeException("second"); } }
                @Step void step() { pause(Duration.ofMillis(5)); }
                """)) {
            run.follow(3);
            await().atMost(SOON).until(() -> run.said.count("stopped") == 1 && run.users.activeVus() == 2);

            assertThat(run.users.failedVus()).isEqualTo(1);
            assertThat(run.sum(Kind.LIFECYCLE, "onStart").codes)
                    .containsEntry("OK", 2L)
                    .containsEntry("EXCEPTION", 1L);
            assertThat(run.errors()).anySatisfy(error -> {
                assertThat(error.series()).isEqualTo("onStart");
                assertThat(error.message()).isEqualTo("IllegalStateException: no account");
                assertThat(error.detail())
                        .contains("at TestVU.deep(TestVU.java:", "at TestVU.onStart(TestVU.java:")
                        .doesNotContain("io.vikhry.runtime");
            });
            assertThat(run.errors())
                    .anySatisfy(error -> assertThat(error.message()).contains("second"));
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void aFailingConstructorOrInitCountsAsFailed(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                static final AtomicInteger MADE = new AtomicInteger();
                { if (MADE.incrementAndGet() == 3) throw new IllegalStateException("third"); }
                @Override public void onInit() throws Exception { throw new java.io.IOException("init"); }
                @Override public void onStop() { say("stop"); }
                @Step(every = "1h") void step() {}
                """)) {
            run.follow(2);
            await().atMost(SOON).until(() -> run.users.failedVus() == 2 && run.users.activeVus() == 0);
            assertThat(run.said.all())
                    .as("without an instance there is nothing to stop")
                    .containsExactly("stop");
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void outcomesOfStepsAreTold(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                int n;
                @Step void step() throws Exception {
                    switch (n++) {
                        case 0 -> { }
                        case 1 -> throw new CheckFailedException("mine");
                        case 2 -> throw new HttpException(HttpException.Code.RESET, "gone", null);
                        case 3 -> throw new StackOverflowError("deep");
                        case 4 -> Thread.currentThread().interrupt();
                        case 5 -> { Thread.sleep(1); say("not interrupted"); }
                        default -> stop();
                    }
                }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.users.startedVus() == 1 && run.users.activeVus() == 0);

            assertThat(run.said.all()).containsExactly("not interrupted");
            assertThat(run.sum(Kind.STEP, "step").codes)
                    .isEqualTo(Map.of("OK", 4L, "CHECK", 1L, "RESET", 1L, "EXCEPTION", 1L));
            assertThat(run.errors())
                    .extracting(error -> error.code())
                    .containsExactlyInAnyOrder("CHECK", "RESET", "EXCEPTION");
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void aStepThatTakesTooLongIsInterruptedAndTheNextIsNot(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                int n;
                @Step(timeout = "50ms") void step() throws Exception {
                    switch (n++) {
                        case 0 -> Thread.sleep(10_000);
                        case 1 -> pause(Duration.ofSeconds(10));
                        case 2 -> { try { Thread.sleep(10_000); } catch (InterruptedException e) { Thread.sleep(10_000); } }
                        case 3 -> { Thread.sleep(2); say("whole"); }
                        case 4 -> offload(() -> { Thread.sleep(10_000); return 1; });
                        case 5 -> new Semaphore(0).acquire();
                        default -> stop();
                    }
                }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.users.startedVus() == 1 && run.users.activeVus() == 0);

            assertThat(run.said.all()).containsExactly("whole");
            TestRun.Sum sum = run.sum(Kind.STEP, "step");
            assertThat(sum.codes).isEqualTo(Map.of("TIMEOUT", 5L, "OK", 2L));
            assertThat(sum.failures).isEqualTo(5);
            assertThat(sum.maxServiceMicros).isBetween(50_000L, 3_000_000L);
            assertThat(run.errors())
                    .anySatisfy(error -> assertThat(error.message())
                            .isEqualTo("the step took longer than 50ms and was interrupted"));
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void aPacedStepKeepsItsRateAndCarriesItsLateness(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                int n;
                @Step(every = "20ms") void step() throws Exception {
                    if (n++ == 5) Thread.sleep(200);
                    flow("inner", () -> {});
                    if (n == 50) stop();
                }
                """)) {
            long begin = System.nanoTime();
            run.follow(1);
            await().atMost(SOON).until(() -> run.users.startedVus() == 1 && run.users.activeVus() == 0);
            double took = (System.nanoTime() - begin) / 1e6;

            assertThat(took)
                    .as("50 starts, 20 ms apart, the lost time caught up")
                    .isBetween(980.0, 1_400.0);
            TestRun.Sum step = run.sum(Kind.STEP, "step");
            assertThat(step.count).isEqualTo(50);
            assertThat(step.codes).isEqualTo(Map.of("OK", 50L));
            TestRun.Sum inner = run.sum(Kind.FLOW, "inner");
            assertThat(inner.maxServiceMicros).isLessThan(100_000);
            assertThat(inner.maxResponseMicros)
                    .as("the step after the slow one began 180 ms late")
                    .isBetween(170_000L, 400_000L);
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void drainLetsStepsFinishAndRunsStop(EngineOptions mode) throws Exception {
        try (TestRun run = TestRun.of(mode, dir, """
                @Override public void onStop() { say("stop"); }
                @Step void step() throws Exception { Thread.sleep(100); say("whole"); }
                @Step(every = "1h") void rare() {}
                """)) {
            run.follow(20);
            await().atMost(SOON).until(() -> run.users.activeVus() == 20);
            VuExecutor.Drained drained = run.users.drain(Duration.ofSeconds(10));

            assertThat(drained.interrupted()).isZero();
            assertThat(drained.abandoned()).isEmpty();
            assertThat(run.users.activeVus()).isZero();
            assertThat(run.said.count("stop")).isEqualTo(20);
            assertThat(run.sum(Kind.STEP, "step").codes).isEqualTo(Map.of("OK", run.said.count("whole")));
            run.follow(5);
            await().during(Duration.ofMillis(100)).until(() -> run.users.startedVus() == 20);
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void drainInterruptsThoseWhoTakeTooLongAndNamesThoseWhoNeverEnd(EngineOptions mode) throws Exception {
        VuOptions options = new VuOptions(Duration.ZERO, Duration.ofMillis(300), Duration.ofMillis(300));
        try (TestRun run = TestRun.of(mode, options, dir, """
                static volatile boolean free;
                @Override public void onStop() throws Exception {
                    say("stop " + id());
                    if (id() == 2) Thread.sleep(60_000);
                }
                @Step void step() throws Exception {
                    if (id() != 1) Thread.sleep(60_000);
                    long until = System.nanoTime() + 8_000_000_000L;
                    while (System.nanoTime() < until) {
                        try { Thread.sleep(8_000); } catch (InterruptedException e) { say("swallowed"); }
                    }
                }
                """)) {
            run.follow(3);
            await().atMost(SOON).until(() -> run.users.activeVus() == 3);
            await().during(Duration.ofMillis(50)).until(() -> true);
            long begin = System.nanoTime();
            VuExecutor.Drained drained = run.users.drain(Duration.ofMillis(200));
            double took = (System.nanoTime() - begin) / 1e6;

            assertThat(took).isBetween(1_000.0, 3_000.0);
            assertThat(drained.interrupted()).isEqualTo(3);
            assertThat(drained.abandoned())
                    .singleElement()
                    .asString()
                    .startsWith("VU 1 in step at TestVU.step(TestVU.java:");
            assertThat(run.said.all()).contains("stop 0", "stop 2", "swallowed").doesNotContain("stop 1");
            assertThat(run.users.activeVus()).isEqualTo(1);
            await().atMost(Duration.ofSeconds(15)).until(() -> run.users.activeVus() == 0);
            assertThat(run.sum(Kind.LIFECYCLE, "onStop").codes).isEqualTo(Map.of("OK", 2L, "TIMEOUT", 1L));
            assertThat(run.sum(Kind.STEP, "step").codes).containsEntry("CANCELLED", 2L);
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void behindAShutFenceNothingMovesAndAfterARenewalAllGoesOn(EngineOptions mode) {
        try (TestRun run = TestRun.of(
                mode,
                dir,
                "@Override public void onInit() { say(id()); } @Step(every = \"5ms\") void step() { say(\"step\"); }")) {
            run.follow(4);
            await().atMost(SOON).until(() -> run.said.count("step") > 20);
            run.fence.renewUntil(System.nanoTime());
            await().until(() -> {
                long before = run.said.all().size();
                await().pollDelay(Duration.ofMillis(60)).until(() -> true);
                return run.said.all().size() == before;
            });
            run.follow(6);
            await().during(Duration.ofMillis(100)).until(() -> run.users.activeVus() == 4);
            assertThat(run.users.debt()).isEqualTo(2);
            long before = run.said.count("step");
            run.fence.renewUntil(System.nanoTime() + 60_000_000_000L);
            await().atMost(SOON).until(() -> run.users.activeVus() == 6 && run.said.count("step") > before + 20);
            assertThat(run.users.debt()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void resourcesHaveOneHolderAndComeBackWithTheUser(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                record Account(String id, int age) {}
                Account one;
                @Override public void onStart() {
                    one = resources().acquire("users", Account.class, Duration.ofMillis(300));
                    Account two = resources().acquire("users", Account.class);
                    say(one.id() + two.id());
                    resources().release(two);
                    try { resources().release(two); } catch (ResourceException e) { say(e.getMessage()); }
                    try { resources().acquire("odd", Account.class); } catch (ResourceException e) { say(e.getMessage()); }
                    try { resources().acquire("none", Account.class); } catch (ResourceException e) { say(e.getMessage()); }
                }
                @Step void step() { stop(); }
                """)) {
            run.pools.add("users", "{\"id\":\"a\",\"age\":1}", "{\"id\":\"b\",\"age\":2}");
            run.pools.add("odd", "[1]");
            run.follow(1);
            await().atMost(SOON).until(() -> run.users.startedVus() == 1 && run.users.activeVus() == 0);

            assertThat(run.users.failedVus()).isZero();
            assertThat(run.said.all().get(0)).isEqualTo("ab");
            assertThat(run.said.all().get(1)).asString().contains("this user does not hold that Account");
            assertThat(run.said.all().get(2)).asString().contains("of pool \"odd\" is no Account");
            assertThat(run.said.all().get(3)).asString().contains("there is no pool \"none\"");
            assertThat(run.pools.free("users")).hasSize(2);
            assertThat(run.pools.free("odd")).hasSize(1);
            assertThat(run.pools.releasedAll).containsExactly(0L);
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void randomNumbersRepeatWithTheSeedAndDifferBetweenUsers(EngineOptions mode) {
        String body = "@Step void step() { say(id() + \":\" + random().nextLong()); stop(); }";
        List<List<Object>> runs = LongStream.range(0, 2)
                .mapToObj(i -> {
                    try (TestRun run = TestRun.of(mode, dir, body)) {
                        run.follow(3);
                        await().atMost(SOON).until(() -> run.said.all().size() == 3);
                        return run.said.all().stream().sorted().toList();
                    }
                })
                .toList();

        assertThat(runs.get(0)).isEqualTo(runs.get(1));
        assertThat(runs.get(0).stream().map(s -> String.valueOf(s).split(":")[1]))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void flowsMetricsAndOffloadedWorkAreRecordedUnderTheirStep(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                @Step void step() throws Exception {
                    int seven = flow("good", () -> 7);
                    try { flow("bad", () -> { throw new java.io.IOException("x"); }); } catch (java.io.IOException e) { say("io"); }
                    metric("own").record(Duration.ofMillis(seven));
                    metric("own").recordFailure(Duration.ofMillis(9), "SLOW");
                    say(offload(() -> Thread.currentThread().isVirtual()));
                    try { offload(() -> { throw new java.io.IOException("y"); }); } catch (java.io.IOException e) { say(e.getMessage()); }
                    stop();
                }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.users.startedVus() == 1 && run.users.activeVus() == 0);

            assertThat(run.said.all()).containsExactly("io", false, "y");
            assertThat(run.sum(Kind.FLOW, "good").codes).isEqualTo(Map.of("OK", 1L));
            assertThat(run.sum(Kind.FLOW, "bad").codes).isEqualTo(Map.of("EXCEPTION", 1L));
            TestRun.Sum own = run.sum(Kind.CUSTOM, "own");
            assertThat(own.codes).isEqualTo(Map.of("OK", 1L, "SLOW", 1L));
            assertThat(own.maxResponseMicros).isBetween(8_990L, 9_020L);
            assertThat(run.seconds.stream().flatMap(s -> s.series().stream()).filter(s -> s.kind() == Kind.CUSTOM))
                    .allMatch(series -> series.step().equals("step"));
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void aStepThatNeverParksLeavesTheOthersTheirTurn(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, "@Step void step() { if (id() > 0) { say(id()); stop(); } }")) {
            run.follow(8);
            await().atMost(SOON).until(() -> run.said.all().size() == 7);
        }
    }

    @ParameterizedTest
    @MethodSource(MODES)
    void aUserThatHogsItsLoopCannotHoldUpTheEndAndIsNamed(EngineOptions mode) throws Exception {
        VuOptions options = new VuOptions(Duration.ZERO, Duration.ofMillis(200), Duration.ofMillis(200));
        try (TestRun run = TestRun.of(mode, options, dir, """
                @Step void step() throws Exception {
                    say("step " + id());
                    long until = System.nanoTime() + 5_000_000_000L;
                    while (id() == 0 && System.nanoTime() < until) Thread.onSpinWait();
                    Thread.sleep(10);
                }
                """)) {
            run.follow(2);
            await().atMost(SOON).until(() -> run.said.count("step 0") == 1 && run.said.count("step 1") > 0);
            long begin = System.nanoTime();
            VuExecutor.Drained drained = run.users.drain(Duration.ofMillis(100));

            assertThat((System.nanoTime() - begin) / 1_000_000).isBetween(600L, 3_000L);
            assertThat(drained.abandoned())
                    .singleElement()
                    .asString()
                    .startsWith("VU 0 in step at TestVU.step(TestVU.java:");
            await().atMost(SOON).until(() -> run.users.activeVus() == 0);
        }
    }
}
