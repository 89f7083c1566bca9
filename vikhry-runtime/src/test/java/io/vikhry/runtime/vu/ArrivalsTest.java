package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.load.ArrivalSchedule;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.LoadCurve.Stage;
import io.vikhry.runtime.load.VuSet;
import io.vikhry.runtime.metrics.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The open model on a real engine, in both modes of scheduling. */
@Tag("beside")
class ArrivalsTest {
    @TempDir
    Path dir;

    @BothSchedulers
    void everyArrivalIsOneStepAndTheirNumberIsExact(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, "@Step(every = \"1h\") void a() {}")) {
            run.users.follow(load(100, 10, 400, 2_000));
            awaitCompleted(run, 800);

            assertThat(run.users.arrivals()).isEqualTo(new ArrivalCounts(800, 800, 800));
            assertThat(run.sum(Kind.STEP, "a").count).isEqualTo(800);
        }
    }

    @BothSchedulers
    void anArrivalThatFindsNobodyFreeWaitsAndKeepsItsTime(EngineOptions mode) {
        // One user, 100 ms an arrival, 20 arrivals a second for 1 s: the last is served when all before it have been.
        try (TestRun run = TestRun.of(mode, dir, "@Step void a() { pause(java.time.Duration.ofMillis(100)); }")) {
            run.users.follow(load(1, 1, 20, 1_000));
            await().atMost(Duration.ofSeconds(5)).until(() -> run.users.debt() >= 5);
            awaitCompleted(run, 20);

            assertThat(run.users.startedVus()).isEqualTo(1);
            TestRun.Sum sum = run.sum(Kind.STEP, "a");
            assertThat(sum.count).isEqualTo(20);
            // Due at 950 ms, served from 1900 ms on.
            assertThat(sum.maxResponseMicros).isBetween(1_000_000L, 3_000_000L);
            assertThat(sum.maxServiceMicros).isLessThan(sum.maxResponseMicros / 2);
        }
    }

    @BothSchedulers
    void thePoolGrowsAsFarAsArrivalsWaitAndNoFurtherThanItMay(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, "@Step void a() { pause(java.time.Duration.ofSeconds(30)); }")) {
            run.users.follow(load(7, 2, 100, 1_000));
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> run.users.arrivals().intended() == 100 && run.users.activeVus() == 7);

            assertThat(run.users.arrivals()).isEqualTo(new ArrivalCounts(100, 7, 0));
            run.users.close();
            assertThat(run.users.arrivals().started())
                    .as("what waits at the end never starts")
                    .isEqualTo(7);
            assertThat(run.users.debt()).isEqualTo(93);
        }
    }

    @BothSchedulers
    void aUserPreparesBeforeItServesAndItsArrivalsWaitForThat(EngineOptions mode) {
        String body = """
                @Override public void onStart() { pause(java.time.Duration.ofMillis(300)); say("ready"); }
                @Step void login() { say("login"); }
                @Step(requires = "login") void buy() { say("buy"); }
                """;
        try (TestRun run = TestRun.of(mode, dir, body)) {
            run.users.follow(load(4, 4, 100, 1_000));
            awaitCompleted(run, 100);

            assertThat(run.said.all().getFirst()).isEqualTo("ready");
            assertThat(run.said.count("login") + run.said.count("buy")).isEqualTo(100);
            assertThat(run.said.count("login")).isGreaterThanOrEqualTo(1);
            assertThat(run.said.count("buy")).isGreaterThan(0);
            TestRun.Sum login = run.sum(Kind.STEP, "login");
            assertThat(login.maxResponseMicros).as("preparing is waiting").isGreaterThan(200_000);
        }
    }

    @BothSchedulers
    void usersThatCannotPrepareAreTriedAgainButNotInAStorm(EngineOptions mode) {
        String body = """
                @Override public void onStart() { throw new IllegalStateException("no"); }
                @Step void a() {}
                """;
        try (TestRun run = TestRun.of(mode, dir, body)) {
            run.users.follow(load(4, 2, 1000, 2_000));
            await().atMost(Duration.ofSeconds(6)).until(() -> run.users.failedVus() >= 6);

            assertThat(run.users.arrivals().started()).isZero();
            assertThat(run.users.failedVus()).isLessThan(40);
        }
    }

    @BothSchedulers
    void usersThatEndBeforeTheyServeAnyoneAreTriedAgainButNotInAStorm(EngineOptions mode) {
        String body = """
                @Override public void onStart() { say("login"); if (id() % 2 == 0) stop(); }
                @Override public StepStrategy strategy() { return (ready, random) -> { throw new IllegalStateException("no"); }; }
                @Step void a() {}
                """;
        try (TestRun run = TestRun.of(mode, dir, body)) {
            run.users.follow(load(4, 2, 1000, 2_000));
            await().atMost(Duration.ofSeconds(6)).until(() -> run.said.count("login") >= 6);

            assertThat(run.said.count("login")).isLessThan(40);
            assertThat(run.users.arrivals().started()).isZero();
            assertThat(run.users.debt()).as("what nobody serves is owed").isPositive();
        }
    }

    @BothSchedulers
    void tensOfThousandsASecondAtRandomAreEachServedOnce(EngineOptions mode) {
        LoadCurve curve = LoadCurve.of(List.of(
                new Stage(0, 50_000, 0), new Stage(500, 0, 0), new Stage(700, 50_000, 0), new Stage(900, 0, 0)));
        try (TestRun run = TestRun.of(mode, dir, "@Step void a() {}")) {
            long t0Nanos = System.nanoTime();
            run.users.follow(
                    new ArrivalLoad(VuSet.of(0, 200), 200, curve, new ArrivalSchedule.Part(0, 1, true), t0Nanos, 0));
            // There is no debt while the last of them are still to come, either.
            await().atMost(Duration.ofSeconds(10))
                    .until(() ->
                            System.nanoTime() - t0Nanos > Duration.ofSeconds(1).toNanos()
                                    && run.users.arrivals().completed() > 33_000
                                    && run.users.debt() == 0);

            ArrivalCounts counts = run.users.arrivals();
            assertThat(counts.intended()).isCloseTo(35_000L, within(900L));
            assertThat(run.sum(Kind.STEP, "a").count)
                    .isEqualTo(run.users.arrivals().intended());
        }
    }

    @BothSchedulers
    void arrivalsWaitWhileTheWorkerHasNoLeaseAndAreServedAfterIt(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, "@Step void a() {}")) {
            run.users.follow(load(20, 20, 200, 2_000));
            await().until(() -> run.users.arrivals().completed() > 20);
            run.fence.renewUntil(System.nanoTime());
            long before = run.users.arrivals().completed();
            await().until(() -> run.users.arrivals().intended() > before + 60);
            assertThat(run.users.arrivals().completed()).isCloseTo(before, within(20L));
            run.fence.renewUntil(System.nanoTime() + Duration.ofHours(1).toNanos());
            awaitCompleted(run, 400);

            assertThat(run.sum(Kind.STEP, "a").maxResponseMicros).isGreaterThan(200_000);
        }
    }

    @BothSchedulers
    void anArrivalThatAUserGivesBackIsForWhoIsFree(EngineOptions mode) {
        String body = """
                @Override public void onStart() { say("ready"); }
                @Step void a() {}
                """;
        try (TestRun run = TestRun.of(mode.withLoops(1), dir, body)) {
            // One arrival, and nobody may work when it comes: it is given to the first of three who are free.
            long t0Nanos = System.nanoTime() + Duration.ofSeconds(1).toNanos();
            run.users.follow(one(VuSet.of(0, 3), t0Nanos));
            await().until(() -> run.said.count("ready") == 3);
            run.fence.renewUntil(System.nanoTime());
            await().until(() -> run.users.arrivals().intended() == 1);
            run.users.follow(one(VuSet.of(2, 3), t0Nanos));
            await().until(() -> run.users.activeVus() == 1);
            run.fence.renewUntil(System.nanoTime() + Duration.ofHours(1).toNanos());

            awaitCompleted(run, 1);
            assertThat(run.users.arrivals()).isEqualTo(new ArrivalCounts(1, 1, 1));
        }
    }

    private static ArrivalLoad one(VuSet pool, long t0Nanos) {
        LoadCurve rate = LoadCurve.of(List.of(new Stage(0, 1, 0), new Stage(1_000, 0, 0)));
        return new ArrivalLoad(pool, 3, rate, ArrivalSchedule.Part.ALL, t0Nanos, 0);
    }

    private static void awaitCompleted(TestRun run, long count) {
        await().atMost(Duration.ofSeconds(10)).until(() -> run.users.arrivals().completed() >= count);
    }

    private static ArrivalLoad load(int pool, int initial, double rate, long endMillis) {
        return new ArrivalLoad(
                VuSet.of(0, pool),
                initial,
                LoadCurve.of(List.of(new Stage(0, rate, 0), new Stage(endMillis, 0, 0))),
                ArrivalSchedule.Part.ALL,
                System.nanoTime(),
                0);
    }
}
