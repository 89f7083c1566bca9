package io.vikhry.orchestrator.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.orchestrator.verdict.Evidence.Arrivals;
import io.vikhry.orchestrator.verdict.Evidence.Attendance;
import io.vikhry.orchestrator.verdict.Evidence.Batches;
import io.vikhry.orchestrator.verdict.Evidence.Generator;
import io.vikhry.orchestrator.verdict.Evidence.Held;
import io.vikhry.orchestrator.verdict.Evidence.Hogs;
import io.vikhry.orchestrator.verdict.Evidence.Lost;
import io.vikhry.orchestrator.verdict.Evidence.Starts;
import io.vikhry.orchestrator.verdict.Verdict.Level;
import io.vikhry.orchestrator.verdict.Verdict.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VerdictTest {
    /** A run without a fault, of which a test changes one thing. */
    private static final class Case {
        @Nullable String cutShort;

        boolean users = true;
        long samples = 10_000;
        Batches batches = new Batches(100, 0);

        @Nullable Arrivals arrivals;

        @Nullable Attendance attendance = new Attendance(1000, 1000);

        Starts starts = new Starts(100, 0);
        Held held = new Held(0, 10_000, 0);
        long refused;
        Hogs hogs = new Hogs(0, "");
        Generator worker = generator(60, 0, 0);
        List<Lost> lost = List.of();
        long silent;
        long folded;
        long unkept;
        List<Evidence.Interrupted> interruptions = List.of();

        Evidence evidence() {
            return new Evidence(
                    cutShort,
                    users,
                    samples,
                    batches,
                    arrivals,
                    attendance,
                    starts,
                    held,
                    refused,
                    hogs,
                    List.of(worker),
                    lost,
                    silent,
                    folded,
                    unkept,
                    interruptions);
        }
    }

    private static Generator generator(long seconds, long lagging, long saturated) {
        return new Generator("worker-1", seconds, lagging, saturated, "loop lag p99 is 12 ms", 0, 3, false);
    }

    private interface Change {
        void to(Case c);
    }

    private static Arguments row(String name, Level level, @Nullable String code, Change change) {
        return Arguments.of(name, level, code, change);
    }

    static Stream<Arguments> table() {
        return Stream.of(
                row("nothing wrong", Level.VALID, null, c -> {}),
                row("killed", Level.INVALID, "cut_short", c -> c.cutShort = "was killed by ada"),
                row("nothing measured", Level.INVALID, "nothing", c -> c.samples = 0),
                row("nothing asked for", Level.VALID, null, c -> {
                    c.users = false;
                    c.samples = 0;
                }),
                row("a few failed starts", Level.VALID, null, c -> c.starts = new Starts(1000, 9)),
                row("1 % failed starts", Level.SUSPECT, "failed_starts", c -> c.starts = new Starts(1000, 10)),
                row("all failed", Level.INVALID, "failed_starts", c -> c.starts = new Starts(10, 10)),
                row("a little debt", Level.VALID, null, c -> c.arrivals = new Arrivals(1000, 996)),
                row("debt", Level.SUSPECT, "debt", c -> c.arrivals = new Arrivals(1000, 995)),
                row("much debt", Level.INVALID, "debt", c -> c.arrivals = new Arrivals(1000, 900)),
                row("nearly all users", Level.VALID, null, c -> c.attendance = new Attendance(1000, 951)),
                row("users missing", Level.SUSPECT, "absent_users", c -> c.attendance = new Attendance(1000, 949)),
                row("half the users", Level.INVALID, "absent_users", c -> c.attendance = new Attendance(1000, 500)),
                row("nobody knows", Level.VALID, null, c -> c.attendance = null),
                row("a batch missing", Level.SUSPECT, "missing", c -> c.batches = new Batches(9_999, 1)),
                row("batches missing", Level.INVALID, "missing", c -> c.batches = new Batches(95, 5)),
                row("silence", Level.SUSPECT, "silence", c -> c.silent = 3),
                row(
                        "not led",
                        Level.SUSPECT,
                        "interrupted",
                        c -> c.interruptions = List.of(new Evidence.Interrupted("the orchestrator was gone", 1, 8))),
                row("a full disk", Level.SUSPECT, "unkept", c -> c.unkept = 2),
                row(
                        "a lost worker",
                        Level.SUSPECT,
                        "lost_worker",
                        c -> c.lost = List.of(new Lost("worker-3", 1, 1.8, 3))),
                row("warming up", Level.VALID, null, c -> c.worker = generator(60, 2, 2)),
                row("saturated", Level.SUSPECT, "generator", c -> c.worker = generator(60, 0, 3)),
                row("rarely saturated", Level.VALID, null, c -> c.worker = generator(600, 0, 29)),
                row("always saturated", Level.SUSPECT, "generator", c -> c.worker = generator(60, 0, 60)),
                row("lagging now and then", Level.VALID, null, c -> c.worker = generator(60, 14, 0)),
                row("lagging", Level.SUSPECT, "generator", c -> c.worker = generator(60, 15, 0)),
                row(
                        "parked",
                        Level.SUSPECT,
                        "parked",
                        c -> c.worker = new Generator("worker-1", 60, 0, 0, "", 7, 0, false)),
                row(
                        "clock",
                        Level.SUSPECT,
                        "clock",
                        c -> c.worker = new Generator("worker-1", 60, 0, 0, "", 0, 3_100, false)),
                row(
                        "fallback",
                        Level.SUSPECT,
                        "fallback",
                        c -> c.worker = new Generator("worker-1", 60, 0, 0, "", 0, 0, true)),
                row("classes loading", Level.VALID, null, c -> c.hogs = new Hogs(3, "ShopVU.java:42")),
                row("hogs", Level.SUSPECT, "loop_held", c -> c.hogs = new Hogs(4, "ShopVU.java:42")),
                row("held a little", Level.VALID, null, c -> c.held = new Held(99, 10_000, 500)),
                row("held back", Level.SUSPECT, "held_back", c -> c.held = new Held(100, 10_000, 500)),
                row("too many names", Level.SUSPECT, "folded", c -> c.folded = 1),
                row("a host refused", Level.SUSPECT, "refused", c -> c.refused = 1));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("table")
    void whatEachFaultMakesOfARun(String name, Level level, @Nullable String code, Change change) {
        Case run = new Case();
        change.to(run);
        Verdict verdict = Verdict.of(run.evidence());
        assertThat(verdict.level()).isEqualTo(level);
        assertThat(verdict.reasons().stream().map(Reason::code).toList())
                .isEqualTo(code == null ? List.of() : List.of(code));
        assertThat(verdict.reasons())
                .allSatisfy(r -> assertThat(r.text()).matches("(?s).*\\d.*|.*(killed|nothing|fallback).*"));
    }

    @Test
    void theWorstReasonComesFirstAndSaysTheLevel() {
        Case run = new Case();
        run.worker = generator(60, 0, 30);
        run.lost = List.of(new Lost("worker-3", 1, 1.8, 3));
        run.batches = new Batches(50, 50);
        Verdict verdict = Verdict.of(run.evidence());
        assertThat(verdict.level()).isEqualTo(Level.INVALID);
        assertThat(verdict.reasons().stream().map(Reason::code).toList())
                .isEqualTo(List.of("missing", "lost_worker", "generator"));
    }

    @Test
    void whatHappensAgainAndAgainIsToldOnceWithHowOften() {
        Case run = new Case();
        run.interruptions = List.of(
                new Evidence.Interrupted("Redis did not answer", 37, 12.3),
                new Evidence.Interrupted("worker-2 left, and its users began anew elsewhere", 1, 0));
        assertThat(Verdict.of(run.evidence()).reasons())
                .extracting(Reason::text)
                .containsExactly(
                        "Redis did not answer 37 times (12 s in all): the load may have differed from the plan",
                        "worker-2 left, and its users began anew elsewhere: the load may have differed from the plan");
    }

    @Test
    void ofManyLostWorkersTheFirstAreNamedAndTheOthersAddedUp() {
        Case run = new Case();
        run.lost = new ArrayList<>();
        for (int i = 1; i <= 500; i++) {
            run.lost.add(new Lost("worker-" + i, 2, 1, 10));
        }
        run.lost.add(new Lost("", 3_000, 4_000, 0));
        List<Reason> reasons = Verdict.of(run.evidence()).reasons();
        assertThat(reasons).hasSize(11);
        assertThat(reasons.getFirst().text()).startsWith("worker-1 was lost 2 times, and with it up to 1.0 s");
        assertThat(reasons.getLast().text())
                .startsWith("other workers were lost 3,980 times, and with them up to 4,490 s");
    }

    @Test
    void aLostWorkerIsToldWithItsSecondsAndWhatIsThereAndNothingIsSaidThatIsNotKnown() {
        Case run = new Case();
        run.lost = List.of(new Lost("worker-3", 1, 1.8, 3));
        assertThat(Verdict.of(run.evidence()).reasons().getFirst().text())
                .isEqualTo("worker-3 was lost, and with it up to 1.8 s of its numbers: 99.97 % of the samples are here;"
                        + " its users went on where workers were left");
    }
}
