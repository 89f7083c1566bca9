package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.metrics.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a scenario does wrong stays with its own user: neither the numbers nor the other users of its loop suffer. */
@Timeout(60)
class MisbehaviourTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    @BothSchedulers
    void whoSwallowsEveryInterruptDoesNotHoldItsLoop(EngineOptions mode) {
        othersGoOnBesideOneWhoRepeats(mode, "pause(Duration.ofSeconds(10));");
    }

    @BothSchedulers
    void whoSwallowsFailedRequestsDoesNotHoldItsLoop(EngineOptions mode) {
        othersGoOnBesideOneWhoRepeats(mode, "http.get(\"/\").send();");
    }

    /** Of two users on one loop, one does that over and over, long after its time, and catches whatever comes of it. */
    private void othersGoOnBesideOneWhoRepeats(EngineOptions mode, String what) {
        try (TestRun run = TestRun.of(mode.withLoops(1), dir, """
                static volatile boolean enough;
                Http http;
                @Override public void onInit() { http = http(URI.create("http://127.0.0.1:1")).build(); }
                @Step(timeout = "50ms") void step() {
                    if (id() == 0) {
                        say("deaf");
                        while (!enough) { try { %s } catch (Exception e) { } }
                        say("over");
                        stop();
                    } else {
                        say("other");
                        pause(Duration.ofMillis(10));
                        if (System.getProperties().containsKey("vikhry.test.enough")) enough = true;
                    }
                }
                """.formatted(what))) {
            run.follow(2);
            await().atMost(SOON).until(() -> run.said.count("deaf") == 1 && run.said.count("other") > 0);
            int before = (int) run.said.count("other");
            await().atMost(SOON).until(() -> run.said.count("other") > before + 50);
            System.setProperty("vikhry.test.enough", "yes");
            await().atMost(SOON).until(() -> run.said.count("over") == 1);
        } finally {
            System.clearProperty("vikhry.test.enough");
        }
    }

    @BothSchedulers
    void whatIsThrownIsCountedHoweverBadlyItDescribesItself(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                static class Mute extends RuntimeException {
                    @Override public String getMessage() { throw new IllegalStateException("no message"); }
                    @Override public synchronized Throwable getCause() { throw new IllegalStateException("no cause"); }
                    @Override public StackTraceElement[] getStackTrace() { return null; }
                }
                int n;
                @Step void step() {
                    if (n++ == 3) { stop(); return; }
                    if (n == 2) throw new RuntimeException("around", new Mute());
                    throw new Mute();
                }
                """)) {
            run.runOut(1);

            assertThat(run.sum(Kind.STEP, "step").codes).isEqualTo(Map.of("OK", 1L, "EXCEPTION", 3L));
            assertThat(run.errors())
                    .anySatisfy(error -> assertThat(error.message()).contains("Mute"));
        }
    }

    @BothSchedulers
    void namesAndCodesThatAreNoneAreRefusedWhereTheyAreGiven(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                void attempt(Callable<?> what) { try { what.call(); say("taken"); } catch (Exception e) { say(e.getClass().getSimpleName()); } }
                @Step void step() {
                    attempt(() -> metric(null));
                    attempt(() -> metric(" "));
                    attempt(() -> flow(null, () -> 1));
                    attempt(() -> { metric("m").recordFailure(Duration.ofMillis(1), null); return 1; });
                    attempt(() -> { metric("m").recordFailure(Duration.ofMillis(1), ""); return 1; });
                    attempt(() -> { metric("m").record(null); return 1; });
                    attempt(() -> { metric("m").record(Duration.ofMillis(-1)); return 1; });
                    metric("m").record(Duration.ofDays(200_000));
                    metric("m").recordFailure(Duration.ofMillis(1), "SLOW");
                    stop();
                }
                """)) {
            run.runOut(1);

            assertThat(run.sum(Kind.STEP, "step").codes).isEqualTo(Map.of("OK", 1L));
            assertThat(run.said.all())
                    .hasSize(7)
                    .allMatch(said -> said.toString().equals("IllegalArgumentException"));
            assertThat(run.sum(Kind.CUSTOM, "m").codes).isEqualTo(Map.of("OK", 1L, "SLOW", 1L));
        }
    }

    @BothSchedulers
    void aStrategyThatGivesNothingAtAllOrCannotBeAskedEndsItsUser(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                @Override public StepStrategy strategy() {
                    if (id() == 0) return (ready, random) -> null;
                    return new StepStrategy() {
                        public Optional<ReadyStep> choose(List<ReadyStep> ready, java.util.random.RandomGenerator random) { return Optional.of(ready.getFirst()); }
                        public boolean parallel() { if (id() == 1) throw new IllegalStateException("parallel?"); return false; }
                        @Override public boolean equals(Object o) { throw new IllegalStateException("equals?"); }
                        @Override public int hashCode() { return 1; }
                    };
                }
                @Override public void onStop() { say("stopped"); }
                @Step void step() { say("step"); stop(); }
                """)) {
            run.follow(3);
            await().atMost(SOON).until(() -> run.said.count("stopped") == 3);

            assertThat(run.said.count("step")).isEqualTo(1);
            assertThat(run.errors())
                    .extracting(error -> error.series())
                    .containsExactlyInAnyOrder("strategy", "strategy");
            assertThat(run.sum(Kind.LIFECYCLE, "strategy").failures).isEqualTo(2);
        }
    }

    @BothSchedulers
    void workOffloadedWithinOffloadedWorkEnds(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                @Step(timeout = "8s") void step() throws Exception {
                    int seven = offload(() -> { Thread.sleep(20); return offload(() -> 7); });
                    say(seven);
                    stop();
                }
                """)) {
            run.runOut(200);

            assertThat(run.said.count(7)).isEqualTo(200);
        }
    }

    @BothSchedulers
    void errorsOfTheMachineAreAResultOfTheirStepAlone(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode.withLoops(1), dir, """
                int n;
                static int deep(int i) { return deep(i + 1) + 1; }
                int deepAndMeasured(int i) throws Exception { metric("m").record(Duration.ofMillis(1)); return flow("f", () -> deepAndMeasured(i + 1)) + 1; }
                int deepAndWaiting(int i) { pause(Duration.ofNanos(1_000)); return deepAndWaiting(i + 1) + 1; }
                static class Broken { static { if (true) throw new IllegalStateException("broken"); } static void touch() {} }
                @Step void step() throws Exception {
                    if (id() > 0) { say("other"); pause(Duration.ofMillis(1)); return; }
                    switch (n++) {
                        case 0 -> say(deep(0));
                        case 1 -> say(deepAndMeasured(0));
                        case 2 -> say(new byte[Integer.MAX_VALUE].length);
                        case 3, 4 -> Broken.touch();
                        default -> { say("over"); stop(); }
                    }
                }
                """)) {
            run.follow(4);
            await().atMost(SOON).until(() -> run.said.count("over") == 1);
            long before = run.said.count("other");
            await().atMost(SOON).until(() -> run.said.count("other") > before + 100);

            assertThat(run.sum(Kind.STEP, "step").codes).containsEntry("EXCEPTION", 5L);
        }
    }

    @BothSchedulers
    void aFloodOfNamesIsFoldedAndCounted(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                @Step void step() throws Exception {
                    for (int i = 0; i < 100_000; i++) metric("m" + i).record(Duration.ofMillis(1));
                    for (int i = 0; i < 1000; i++) metric("long".repeat(10_000) + i).record(Duration.ofMillis(1));
                    for (int i = 0; i < 1000; i++) metric("c").recordFailure(Duration.ofMillis(1), "C".repeat(1000) + i);
                    stop();
                }
                """)) {
            run.runOut(1);
            run.sum(Kind.STEP, "step");
            long samples = run.seconds.stream()
                    .flatMap(s -> s.series().stream())
                    .filter(s -> s.kind() == Kind.CUSTOM)
                    .mapToLong(s -> s.count())
                    .sum();
            long names = run.seconds.stream()
                    .flatMap(s -> s.series().stream())
                    .map(s -> s.name())
                    .distinct()
                    .count();
            assertThat(samples).isEqualTo(102_000);
            assertThat(names).isLessThan(520);
            assertThat(run.seconds.stream()
                            .flatMap(s -> s.series().stream())
                            .mapToInt(s -> s.name().length())
                            .max()
                            .getAsInt())
                    .isLessThan(1000);
            assertThat(run.seconds.stream()
                            .flatMap(s -> s.series().stream())
                            .flatMap(s -> s.codes().keySet().stream())
                            .mapToInt(String::length)
                            .max()
                            .getAsInt())
                    .isLessThan(200);
        }
    }

    @BothSchedulers
    void whatIsOffloadedByStepsBesideOthersIsCountedInItsOwn(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                @Override public StepStrategy strategy() { return StepStrategies.parallelReady(); }
                @Step(every = "1h") void a() throws Exception { offload(() -> { metric("ma").record(Duration.ofMillis(1)); }); say("done"); }
                @Step(every = "1h") void b() throws Exception { offload(() -> { metric("mb").record(Duration.ofMillis(1)); }); say("done"); }
                """)) {
            run.follow(1);
            await().atMost(SOON).until(() -> run.said.count("done") == 2);
            run.errors();
            assertThat(run.seconds.stream().flatMap(s -> s.series().stream()).filter(s -> s.kind() == Kind.CUSTOM))
                    .hasSize(2)
                    .allMatch(series -> series.name().equals("m" + series.step()));
        }
    }

    @BothSchedulers
    void noStepEndsTheProcessOfAllUsers(EngineOptions mode) {
        try (TestRun run = TestRun.of(mode, dir, """
                int n;
                static class Inner extends Base { Object end(boolean now) { Comparable<?> c = now ? "x" : 7; if (now) Runtime.getRuntime().exit(3); return c; } }
                static class Base { Object end(boolean now) { Base b = now ? new Inner() : new Base(); return b; } }
                void last(Runnable r) { r.run(); }
                @Step void step() throws Exception {
                    switch (n++) {
                        case 0 -> System.exit(0);
                        case 1 -> new Inner().end(true);
                        case 2 -> Runtime.getRuntime().halt(2);
                        case 3 -> last(() -> System.exit(1));
                        case 4 -> java.util.stream.IntStream.of(4).forEach(System::exit);
                        case 5 -> java.util.stream.IntStream.of(5).forEach(Runtime.getRuntime()::halt);
                        case 6 -> List.of(6).forEach(System::exit);
                        case 7 -> ((java.util.function.BiConsumer<Runtime, Integer>) Runtime::exit).accept(Runtime.getRuntime(), 7);
                        default -> stop();
                    }
                }
                """)) {
            run.runOut(1);

            assertThat(run.sum(Kind.STEP, "step").codes).isEqualTo(Map.of("EXCEPTION", 8L, "OK", 1L));
            assertThat(run.errors())
                    .allSatisfy(error -> assertThat(error.message()).contains("stop() ends this user"))
                    .extracting(error -> error.message().replaceAll("\\D", ""))
                    .containsExactlyInAnyOrder("0", "3", "2", "1", "4", "5", "6", "7");
        }
    }
}
