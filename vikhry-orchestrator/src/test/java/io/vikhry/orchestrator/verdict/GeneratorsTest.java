package io.vikhry.orchestrator.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import io.vikhry.cluster.IntervalBatch.Vitals;
import io.vikhry.cluster.WorkerStatus.Condition;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GeneratorsTest {
    private static final long T0 = 1_795_301_340_300L;

    private final Generators generators = new Generators();

    @BeforeEach
    void start() {
        generators.start(T0);
    }

    @Test
    void secondsOfWhichNobodyToldAreSilent() {
        tell(1, 0, 1, 4, 5);

        assertThat(generators.silentSeconds(T0 + 6_000, true)).isEqualTo(2);
        assertThat(generators.silentSeconds(T0 + 8_000, true))
                .as("up to the end")
                .isEqualTo(4);
        assertThat(generators.silentSeconds(T0 + 8_000, false))
                .as("the newest may still come")
                .isEqualTo(2);
    }

    @Test
    void aClockThatIsFarOffMakesNoSilence() {
        tell(1, 2_000_000_000, -90_000, 40_000, 0, 1, 2);

        assertThat(generators.silentSeconds(T0 + 3_000, true)).isZero();
        assertThat(generators.silentSeconds(T0 + 3_000, false)).isZero();
    }

    @Test
    void aProcessThatCameBackUnderTheSameNameDoesNotTellForTheOneBefore() {
        tell(1, 0, 1, 2);
        tell(5, 9, 10);

        assertThat(told("w", 1, 0).untilMillis()).isEqualTo(second(3));
        assertThat(told("w", 5, 0).untilMillis()).isEqualTo(second(11));
        assertThat(told("w", 4, 0).untilMillis()).isZero();
        assertThat(told("other", 5, 0).untilMillis()).isZero();
    }

    @Test
    void usersThatStoodStillForAWhileAreNotTakenForIdleOnes() {
        work(0, 60, 6);
        work(1, 60, 6);
        for (int second = 2; second < 14; second++) {
            work(second, 0, 6);
        }

        assertThat(told("w", 1, 6).requestsPerSecond()).isEqualTo(60);
    }

    @Test
    void aWorkerThatHadBeenGivenMoreUsersMayHaveMadeMoreThanItEverTold() {
        work(0, 10, 6);
        work(1, 60, 6);
        work(2, 50, 0);

        assertThat(told("w", 1, 12).requestsPerSecond()).isEqualTo(120);
        assertThat(told("w", 1, 0).requestsPerSecond())
                .as("in the open model its users do not matter")
                .isEqualTo(60);
    }

    @Test
    void whoToldNothingMadeWhatTheOthersMadeAtBestByNow() {
        work(0, 10, 6);
        assertThat(told("other", 1, 6).requestsPerSecond()).isEqualTo(10);
        work(1, 60, 6);
        assertThat(told("other", 1, 6).requestsPerSecond()).isEqualTo(60);
        assertThat(told("other", 1, 12).requestsPerSecond()).isEqualTo(120);
    }

    @Test
    void aClockThatMovesIsToldFromTheOtherClockOfANamesakeElsewhere() {
        said(1, 1, 0);
        said(1, 2, 100_000);
        assertThat(clockMovedMillis()).isEqualTo(100);

        said(5, 1, -3_000_000);
        said(5, 2, -3_020_000);
        assertThat(clockMovedMillis())
                .as("another machine, under the same name")
                .isEqualTo(100);
    }

    private double clockMovedMillis() {
        return generators.each().getFirst().clockMovedMillis();
    }

    private void said(long fence, int seq, long clockOffsetMicros) {
        Vitals vitals = new Vitals(Condition.HEALTHY, List.of(), false, false, 1, 0, 0, 0, 0, clockOffsetMicros);
        generators.add(new IntervalBatch(
                "run", "w", fence, seq, second(seq), 1, false, List.of(), List.of(), null, List.of(), vitals));
    }

    private Generators.Told told(String workerId, long fence, int users) {
        return generators.told(new BatchOrigin("run", workerId, fence), users);
    }

    private void work(int second, long requests, int users) {
        SeriesDelta series = new SeriesDelta(
                Kind.REQUEST, "s", "GET /", requests, 0, Map.of("200", requests), 0, 0, new byte[0], new byte[0]);
        generators.add(
                new IntervalBatch("run", "w", 1, second + 1, second(second), users, false, List.of(series), List.of()));
    }

    private static long second(long number) {
        return (T0 / 1000 + number) * 1000;
    }

    private void tell(long fence, long... seconds) {
        for (int i = 0; i < seconds.length; i++) {
            generators.add(
                    new IntervalBatch("run", "w", fence, i + 1, second(seconds[i]), 1, false, List.of(), List.of()));
        }
    }
}
