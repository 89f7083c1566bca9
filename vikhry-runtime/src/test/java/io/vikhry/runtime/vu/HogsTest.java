package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.engine.EngineOptions.Scheduler;
import io.vikhry.runtime.engine.EngineOptions.Transport;
import io.vikhry.runtime.metrics.ErrorSnapshot;
import io.vikhry.runtime.metrics.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Users whose code holds a loop, and users whose code only looks as if it did. */
@Timeout(60)
class HogsTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final EngineOptions LOOPS =
            EngineOptions.defaults().withLoops(2).withTransport(Transport.NIO).withScheduler(Scheduler.LOOP);

    @TempDir
    Path dir;

    @Test
    void whoComputesTooLongIsNamedWithItsLineWhileItHoldsTheLoop() {
        try (TestRun run = TestRun.of(LOOPS, dir, """
                @Step(every = "1h") void burn() { crunch(System.nanoTime() + 600_000_000L); stop(); }
                static void crunch(long until) {
                    say(System.nanoTime());
                    while (System.nanoTime() < until) { Thread.onSpinWait(); }
                }
                """)) {
            AtomicLong found = new AtomicLong();
            run.engine.onStall(stall -> found.compareAndSet(0, System.nanoTime()));
            run.follow(1);
            await().atMost(SOON).until(() -> run.users.startedVus() == 1 && run.users.activeVus() == 0);

            long millis = (found.get() - (long) run.said.all().getFirst()) / 1_000_000;
            assertThat(found.get()).isPositive();
            assertThat(millis)
                    .as("ms until it was found: while it still held the loop")
                    .isLessThan(600L);
            assertThat(run.users.warning())
                    .hasValueSatisfying(text -> assertThat(text)
                            .containsPattern("TestVU in burn holds its loop at TestVU\\.crunch\\(TestVU\\.java:\\d+\\)")
                            .contains("offload"));
            List<ErrorSnapshot> errors = run.errors();
            // On a machine with other work a second place may look held, and is named too.
            assertThat(errors).anySatisfy(error -> {
                assertThat(error.code()).isEqualTo("HOLDS_LOOP");
                assertThat(error.series()).isEqualTo("burn");
                assertThat(error.detail()).contains("TestVU.burn");
            });
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

    @ParameterizedTest
    @MethodSource("io.vikhry.runtime.vu.TestRun#modes")
    void whatParksIsNoHog(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                static final Object LOCK = new Object();
                @Step void sleeps() throws Exception { Thread.sleep(30); }
                @Step void locks() throws Exception { synchronized (LOCK) { Thread.sleep(20); } }
                @Step void children() throws Exception {
                    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                        threads.submit(() -> { Thread.sleep(20); return 1; }).get();
                    }
                }
                @Step void offloads() throws Exception { offload(() -> { Thread.sleep(300); return 1; }); }
                """)) {
            run.follow(8);
            await().atMost(SOON).until(() -> run.users.activeVus() == 8);
            await().pollDelay(Duration.ofSeconds(2)).until(() -> true);

            assertThat(run.sum(Kind.STEP, "locks").codes).containsKey("OK").doesNotContainKeys("EXCEPTION", "TIMEOUT");
            assertThat(run.users.warning()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("io.vikhry.runtime.vu.TestRun#modes")
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
            run.follow(1);
            await().atMost(SOON).until(() -> run.users.startedVus() == 1 && run.users.activeVus() == 0);

            assertThat(run.sum(Kind.CUSTOM, "m").codes).isEqualTo(Map.of("OK", 5L));
            assertThat(run.seconds.stream().flatMap(s -> s.series().stream()).filter(s -> s.kind() == Kind.CUSTOM))
                    .allMatch(series -> series.step().equals("step"));
        }
    }
}
