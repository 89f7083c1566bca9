package io.vikhry.orchestrator.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.cluster.IntervalBatch;
import java.util.List;
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

        assertThat(generators.told("w", 4).untilMillis()).isEqualTo(second(3));
        assertThat(generators.told("w", 5).untilMillis()).isEqualTo(second(11));
        assertThat(generators.told("other", 5).untilMillis()).isZero();
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
