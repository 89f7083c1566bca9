package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.LoadCurve.Stage;
import io.vikhry.runtime.load.VuSet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users come and go as the load says, on real loops, with both schedulers. */
@Tag("beside")
@Timeout(60)
class FollowingTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    @BothSchedulers
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

    @Test
    void whoComesLivesOnTheLoopThatHasTheFewest() {
        EngineOptions mode = EngineOptions.defaults().withLoops(3).withScheduler(EngineOptions.Scheduler.LOOP);
        try (TestRun run = TestRun.of(mode, dir, """
                private final String loop = Thread.currentThread().toString().replaceFirst(".*@vikhry-", "");
                @Override public void onInit() { say(loop); }
                @Step(every = "10ms") void step() {
                    Queue<?> said = (Queue<?>) System.getProperties().get("vikhry.test.said");
                    if (loop.equals("loop-1") && said.size() == 10) stop();
                }
                """)) {
            run.follow(9);
            await().atMost(SOON).until(() -> run.said.all().size() == 9);
            for (String loop : List.of("loop-0", "loop-1", "loop-2")) {
                assertThat(run.said.count(loop)).as(loop).isEqualTo(3);
            }
            run.said.queue.add("those of one loop leave");
            await().atMost(SOON).until(() -> run.users.activeVus() == 6);
            // The last of them has gone when its loop comes to something else.
            CompletableFuture.runAsync(() -> {}, run.engine.loops().get(1)).join();
            run.follow(12);
            await().atMost(SOON).until(() -> run.said.all().size() == 13);
            assertThat(run.said.count("loop-1"))
                    .as("those who left have made room")
                    .isEqualTo(6);
        }
    }

    @BothSchedulers
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

    @BothSchedulers
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
            // Who has said its last word is counted until it is gone.
            await().atMost(SOON).until(() -> run.users.activeVus() == 5);
        }
    }

    @BothSchedulers
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

    @BothSchedulers
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

    @BothSchedulers
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
}
