package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.metrics.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How steps end and what is recorded of them, on real loops, with both schedulers. */
@Timeout(60)
class StepOutcomesTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    @BothSchedulers
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
            run.runOut(1);

            assertThat(run.said.all()).containsExactly("not interrupted");
            assertThat(run.sum(Kind.STEP, "step").codes)
                    .isEqualTo(Map.of("OK", 4L, "CHECK", 1L, "RESET", 1L, "EXCEPTION", 1L));
            assertThat(run.errors())
                    .extracting(error -> error.code())
                    .containsExactlyInAnyOrder("CHECK", "RESET", "EXCEPTION");
        }
    }

    @BothSchedulers
    void aStepThatTakesTooLongIsInterruptedAndTheNextIsNot(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                int n;
                @Step(timeout = "250ms") void step() throws Exception {
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
            run.runOut(1);

            assertThat(run.said.all()).containsExactly("whole");
            TestRun.Sum sum = run.sum(Kind.STEP, "step");
            assertThat(sum.codes).isEqualTo(Map.of("TIMEOUT", 5L, "OK", 2L));
            assertThat(sum.failures).isEqualTo(5);
            assertThat(sum.maxServiceMicros).isBetween(250_000L, 3_000_000L);
            assertThat(run.errors())
                    .anySatisfy(error -> assertThat(error.message())
                            .isEqualTo("the step took longer than 250ms and was interrupted"));
        }
    }

    @BothSchedulers
    void aPacedStepKeepsItsRateAndCarriesItsLateness(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                int n;
                @Step(every = "20ms") void step() throws Exception {
                    say(System.nanoTime());
                    if (n++ == 5) Thread.sleep(200);
                    flow("inner", () -> {});
                    if (n == 50) stop();
                }
                """)) {
            run.runOut(1);

            List<Long> starts = run.said.all().stream().map(Long.class::cast).toList();
            assertThat(starts).hasSize(50);
            assertThat((starts.getLast() - starts.getFirst()) / 1e6).isGreaterThan(900);
            // Never caught up, each of them would be 180 ms late; on a busy machine some of them are.
            assertThat(IntStream.range(20, 50)
                            .mapToDouble(i -> (starts.get(i) - starts.getFirst()) / 1e6 - 20 * i)
                            .min()
                            .orElseThrow())
                    .as("20 ms apart, the lost time caught up")
                    .isLessThan(100);
            TestRun.Sum step = run.sum(Kind.STEP, "step");
            assertThat(step.count).isEqualTo(50);
            assertThat(step.codes).isEqualTo(Map.of("OK", 50L));
            TestRun.Sum inner = run.sum(Kind.FLOW, "inner");
            assertThat(inner.maxServiceMicros).isLessThan(inner.maxResponseMicros);
            assertThat(inner.maxResponseMicros)
                    .as("the step after the slow one began 180 ms late")
                    .isGreaterThan(170_000L);
        }
    }

    @BothSchedulers
    void flowsMetricsAndOffloadedWorkAreRecordedUnderTheirStep(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                int tries;
                @Step void step() throws Exception {
                    int seven = flow("good", () -> 7);
                    try { flow("bad", () -> { throw new java.io.IOException("x"); }); } catch (java.io.IOException e) { say("io"); }
                    metric("own").record(Duration.ofMillis(seven));
                    metric("own").recordFailure(Duration.ofMillis(9), "SLOW");
                    say(offload(() -> Thread.currentThread().isVirtual()));
                    try { offload(() -> { throw new java.io.IOException("y"); }); } catch (java.io.IOException e) { say(e.getMessage()); }
                    offload(() -> { say("away"); });
                    retry(3, Duration.ofMillis(1), () -> { say(++tries); if (tries == 1) throw new java.io.IOException("z"); });
                    try { retry(2, Duration.ofMillis(1), () -> { throw new java.io.IOException("try " + ++tries); }); } catch (java.io.IOException e) { say(e.getMessage()); }
                    stop();
                }
                """)) {
            run.runOut(1);

            assertThat(run.said.all()).containsExactly("io", false, "y", "away", 1, 2, "try 4");
            assertThat(run.sum(Kind.FLOW, "good").codes).isEqualTo(Map.of("OK", 1L));
            assertThat(run.sum(Kind.FLOW, "bad").codes).isEqualTo(Map.of("EXCEPTION", 1L));
            TestRun.Sum own = run.sum(Kind.CUSTOM, "own");
            assertThat(own.codes).isEqualTo(Map.of("OK", 1L, "SLOW", 1L));
            assertThat(own.maxResponseMicros).isBetween(8_990L, 9_020L);
            assertThat(run.seconds.stream().flatMap(s -> s.series().stream()).filter(s -> s.kind() == Kind.CUSTOM))
                    .allMatch(series -> series.step().equals("step"));
        }
    }

    @BothSchedulers
    void aStepsTimeoutEndsFlowsWithinRetriesWithinFlows(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                int n;
                @Step(timeout = "100ms") void step() throws Exception {
                    if (n++ > 0) { stop(); return; }
                    flow("outer", () -> retry(5, Duration.ofMillis(1), () -> flow("inner", () -> {
                        say("attempt");
                        try { pause(Duration.ofSeconds(10)); } catch (RuntimeException e) { throw new java.io.IOException("in vain", e); }
                        return 1;
                    })));
                }
                """)) {
            run.runOut(1);

            assertThat(run.said.count("attempt")).isEqualTo(1);
            assertThat(run.sum(Kind.FLOW, "inner").codes).isEqualTo(Map.of("TIMEOUT", 1L));
            assertThat(run.sum(Kind.FLOW, "outer").codes).isEqualTo(Map.of("TIMEOUT", 1L));
            assertThat(run.sum(Kind.STEP, "step").codes).isEqualTo(Map.of("TIMEOUT", 1L, "OK", 1L));
        }
    }

    @BothSchedulers
    void whatTheEndOfAUserCutsIsCancelledAndNoErrorWhateverItThrows(EngineOptions mode) throws Exception {
        try (TestRun run = TestRun.of(mode, dir, """
                @Step void step() throws Exception {
                    flow("cut", () -> {
                        say("there");
                        try { Thread.sleep(60_000); } catch (InterruptedException e) { throw new IllegalStateException("woken"); }
                    });
                }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.said.count("there") == 1);
            run.users.drain(Duration.ZERO);

            assertThat(run.sum(Kind.FLOW, "cut").codes).isEqualTo(Map.of("CANCELLED", 1L));
            assertThat(run.sum(Kind.STEP, "step").codes).isEqualTo(Map.of("CANCELLED", 1L));
            assertThat(run.errors()).isEmpty();
        }
    }

    @BothSchedulers
    void retryTriesAgainAfterAssertionsOfATestLibraryAndAfterNoOtherError(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                int tries;
                @Step void step() throws Exception {
                    retry(3, Duration.ofMillis(1), () -> { if (++tries < 3) throw new AssertionError("not yet"); });
                    say(tries);
                    stop();
                    retry(3, Duration.ofMillis(1), () -> { say("once"); throw new StackOverflowError("deep"); });
                }
                """)) {
            run.runOut(1);

            assertThat(run.said.all()).containsExactly(3, "once");
        }
    }
}
