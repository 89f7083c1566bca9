package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.metrics.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The end of all users, in bounded time whatever they do, on real loops, with both schedulers. */
@Tag("beside")
@Timeout(60)
class DrainTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    @BothSchedulers
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

    @BothSchedulers
    void drainInterruptsThoseWhoTakeTooLongAndNamesThoseWhoNeverEnd(EngineOptions mode) throws Exception {
        VuOptions options =
                new VuOptions(Duration.ZERO, Duration.ofMillis(300), Duration.ofMillis(300), StartRetry.DEFAULT);
        try (TestRun run = TestRun.of(mode, options, dir, """
                @Override public void onStop() throws Exception {
                    say("stop " + id());
                    if (id() == 2) Thread.sleep(60_000);
                }
                @Step void step() throws Exception {
                    say("begun");
                    if (id() != 1) Thread.sleep(60_000);
                    long until = System.nanoTime() + 4_000_000_000L;
                    while (System.nanoTime() < until) {
                        try { Thread.sleep(4_000); } catch (InterruptedException e) { say("swallowed"); }
                    }
                }
                """)) {
            run.follow(3);
            await().atMost(SOON).until(() -> run.said.count("begun") == 3);
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

    @BothSchedulers
    void aUserThatHogsItsLoopCannotHoldUpTheEndAndIsNamed(EngineOptions mode) throws Exception {
        VuOptions options =
                new VuOptions(Duration.ZERO, Duration.ofMillis(200), Duration.ofMillis(200), StartRetry.DEFAULT);
        try (TestRun run = TestRun.of(mode, options, dir, """
                @Step void step() throws Exception {
                    say("step " + id());
                    long until = System.nanoTime() + 3_500_000_000L;
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
