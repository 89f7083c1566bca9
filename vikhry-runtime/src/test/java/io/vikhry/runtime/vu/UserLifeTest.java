package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.metrics.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What one user's life is made of, on real loops, with both schedulers. */
@Tag("beside")
@Timeout(60)
class UserLifeTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    @BothSchedulers
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

    @BothSchedulers
    void aUserThatEndsByItselfIsNotReplaced(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, "@Step void step() { say(id()); stop(); }")) {
            run.runOut(5);
            run.follow(5);
            run.follow(6);
            await().atMost(SOON).until(() -> run.said.all().size() == 6);
            await().during(Duration.ofMillis(200)).until(() -> run.users.startedVus() == 6);
        }
    }

    @BothSchedulers
    void aFailedStartIsCountedAndSaidAndStopRunsAllTheSame(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                @Override public void onStart() { if (id() == 1) deep(3); }
                void deep(int n) { if (n == 0) throw new IllegalStateException("no account"); deep(n - 1); }
                @Override public void onStop() { if (id() == 1) { say("stopped"); throw new RuntimeException("second"); } }
                @Step void step() { say("at work " + id()); pause(Duration.ofMillis(5)); }
                """)) {
            run.follow(3);
            await().atMost(SOON)
                    .until(() -> run.said.count("stopped") == 1
                            && run.users.activeVus() == 2
                            && run.said.all().containsAll(List.of("at work 0", "at work 2")));

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

    @BothSchedulers
    void aUserWhoseStartFailsTriesAgainUntilItWorks(EngineOptions mode) {
        VuOptions soon = VuOptions.DEFAULT
                .withStartSpread(Duration.ZERO)
                .withRetry(new StartRetry(Duration.ofMillis(20), Duration.ofMillis(40)));
        try (TestRun run = TestRun.of(mode, soon, dir, """
                static final AtomicInteger TRIES = new AtomicInteger();
                @Override public void onStart() { if (TRIES.incrementAndGet() < 5) throw new IllegalStateException("not yet"); }
                @Step(every = "10ms") void step() { say("at work"); }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.said.count("at work") > 3);
            assertThat(run.users.failedVus()).isEqualTo(4);
            assertThat(run.users.startedVus()).isEqualTo(5);
            assertThat(run.users.activeVus()).isEqualTo(1);
        }
    }

    @BothSchedulers
    void aUserThatIsNotWantedAnyMoreDoesNotTryAgain(EngineOptions mode) {
        VuOptions soon = VuOptions.DEFAULT
                .withStartSpread(Duration.ZERO)
                .withRetry(new StartRetry(Duration.ofMillis(800), Duration.ofMillis(800)));
        try (TestRun run = TestRun.of(mode, soon, dir, """
                @Override public void onInit() { throw new IllegalStateException("never"); }
                @Step(every = "10ms") void step() {}
                """)) {
            run.follow(1);
            await().pollInterval(Duration.ofMillis(1)).atMost(SOON).until(() -> run.users.failedVus() == 1);
            run.follow(0);
            await().during(Duration.ofMillis(1_000)).until(() -> run.users.failedVus() == 1);
        }
    }

    @BothSchedulers
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

    @BothSchedulers
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
            run.runOut(1);

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

    @BothSchedulers
    void itemsThatDoNotWorkGoBackAsFaultyAndWaitsAreMeasured(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                record Account(String id) {}
                @Resource(value = "users", faults = 7) static Account make(ResourceContext ctx) { return new Account(ctx.id()); }
                @Override public void onStart() {
                    Account first = resources().acquire("users", Account.class);
                    say(resources().leaseNumber(first));
                    resources().releaseFaulty(first, "refused");
                    try { resources().leaseNumber(first); } catch (ResourceException e) { say("not held"); }
                    resources().quarantine(resources().acquire("users", Account.class), "locked");
                    resources().acquire("users", Account.class);
                    try { resources().acquire("users", Account.class, Duration.ofMillis(50)); }
                    catch (ResourceTimeoutException e) { say("in vain"); }
                }
                @Step void step() { stop(); }
                """)) {
            run.pools.add("users", "{\"id\":\"a\"}");
            run.runOut(1);

            assertThat(run.users.failedVus()).isZero();
            assertThat(run.said.all()).containsExactly(1L, "not held", "in vain");
            assertThat(run.pools.faulty).containsExactly("{\"id\":\"a\"} refused 7", "{\"id\":\"a\"} locked 1");
            assertThat(run.sum(Kind.WAIT, "acquire users").codes).isEqualTo(Map.of("OK", 3L, "TIMEOUT", 1L));
        }
    }

    @BothSchedulers
    void aValueIsComputedOnceAndComesThroughJsonAsItIs(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                record Token(String text, int number) {}
                @Override public void onStart() throws Exception {
                    say(once("token", Token.class, () -> { say("computed"); return new Token("t", id() < 0 ? 0 : 42); }).number());
                    say(once("plain", () -> List.of("a", 1)));
                    try { once("untyped", () -> new Token("t", 1)); } catch (TogetherException e) { say(e.getMessage()); }
                }
                @Step void step() { stop(); }
                """)) {
            run.runOut(2);

            assertThat(run.users.failedVus()).isZero();
            assertThat(run.said.count("computed")).isEqualTo(1);
            assertThat(run.said.count(42)).isEqualTo(2);
            assertThat(run.said.count(List.of("a", 1))).isEqualTo(2);
            assertThat(run.said.all())
                    .anySatisfy(said -> assertThat(said).asString().contains("once(\"untyped\", Token.class, …)"));
        }
    }

    @BothSchedulers
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

    @Test
    void aUserWhoseStepsWaitIsNotSentToTheEndOfTheLineAsWell() {
        EngineOptions mode = EngineOptions.defaults().withLoops(1).withScheduler(EngineOptions.Scheduler.LOOP);
        try (TestRun run = TestRun.of(mode, dir, """
                int n;
                @Step void step() { pause(Duration.ofMillis(1)); if (++n == 80) { say("done"); stop(); } }
                """)) {
            long before = run.engine.loops().getFirst().continuations();
            run.follow(1);
            await().atMost(SOON).until(() -> run.said.count("done") == 1 && run.users.activeVus() == 0);

            assertThat(run.engine.loops().getFirst().continuations() - before)
                    // A pause that is over before its user can park, on a machine that took the thread away, costs
                    // none.
                    .as("its start and the end of each pause")
                    .isBetween(41L, 85L);
        }
    }

    @BothSchedulers
    void aStepThatNeverParksLeavesTheOthersTheirTurn(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, "@Step void step() { if (id() > 0) { say(id()); stop(); } }")) {
            run.follow(8);
            await().atMost(SOON).until(() -> run.said.all().size() == 7);
        }
    }
}
