package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.engine.EngineOptions.Scheduler;
import io.vikhry.runtime.engine.Metronome;
import io.vikhry.runtime.load.ArrivalSchedule;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.VuSet;
import io.vikhry.runtime.metrics.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Users do what is due when it is due, while their own steps keep the loop busy for half of the time. The best of a few
 * tries counts, each beside a plain thread that says how late the machine itself is: one that has no CPU to spare cannot tell.
 */
@Timeout(120)
class PunctualityTest {
    private static final int TRIES = 3;
    private static final int USERS = 200;
    private static final String BUSY = """
            long until = System.nanoTime() + 50_000;
            while (System.nanoTime() < until) Thread.onSpinWait();
            """;
    /** A flow's response time counts from when its step was due. */
    private static final Map<String, String> STEPS = Map.of(
            "every",
            "@Step(every = \"20ms\") void step() throws Exception { flow(\"late\", () -> {}); " + BUSY + "}",
            "pause",
            """
                    @Step void step() throws Exception {
                        long due = System.nanoTime() + 20_000_000;
                        pause(Duration.ofMillis(20));
                        metric("late").record(Duration.ofNanos(Math.max(0, System.nanoTime() - due)));
                        %s
                    }
                    """.formatted(BUSY),
            "arrivals",
            "@Step void step() throws Exception { flow(\"late\", () -> {}); " + BUSY + "}");

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"every", "pause", "arrivals"})
    void isWithinAMillisecondOnALoopThatIsHalfBusy(String what) {
        List<String> tries = new ArrayList<>();
        for (int i = 0; i < TRIES; i++) {
            try (TestRun run = TestRun.of(
                            EngineOptions.defaults().withLoops(1).withScheduler(Scheduler.LOOP),
                            VuOptions.DEFAULT,
                            dir,
                            STEPS.get(what));
                    Metronome machine = new Metronome()) {
                long begin = System.nanoTime();
                if (what.equals("arrivals")) {
                    LoadCurve rate = LoadCurve.constant(50 * USERS);
                    run.users.follow(new ArrivalLoad(
                            VuSet.of(0, 10 * USERS), USERS, rate, ArrivalSchedule.Part.ALL, begin + 1_000_000_000, 0));
                } else {
                    run.follow(USERS);
                }
                // The first seconds are those of the compilers; the one under way does not count either.
                await().atMost(Duration.ofSeconds(20)).until(() -> run.seconds.size() >= 5);
                Histogram late = new Histogram(3);
                run.seconds.subList(3, 5).stream()
                        .flatMap(second -> second.series().stream())
                        .filter(series -> series.kind() == Kind.FLOW || series.kind() == Kind.CUSTOM)
                        .forEach(series -> late.add(series.response()));
                Histogram noise = machine.stop();
                if (!Metronome.isCalm(noise)) {
                    continue;
                }
                tries.add(late.getTotalCount() / 2 + " a second, " + Metronome.text(late, noise));
                if (late.getTotalCount() > 2 * 40 * USERS && Metronome.inTime(late, noise)) {
                    return;
                }
            }
        }
        assumeFalse(tries.isEmpty(), "the machine itself is late by more than a millisecond");
        assertThat(tries).as("tries, none of which was in time").isEmpty();
    }
}
