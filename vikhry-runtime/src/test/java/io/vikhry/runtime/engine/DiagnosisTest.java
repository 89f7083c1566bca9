package io.vikhry.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.runtime.engine.Diagnosis.Reading;
import io.vikhry.runtime.engine.Diagnosis.State;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiagnosisTest {

    @ParameterizedTest
    @CsvSource({
        // cpu, gc, stalled, lag in µs, files, ports, state
        "0.1, 0, 0, 300, 20, 0.79, HEALTHY",
        "1.59, 19, 9, 4999, 799, 0.79, HEALTHY",
        "1.6, 0, 0, 300, 20, 0.79, LAGGING",
        "1.9, 0, 0, 300, 20, 0.79, SATURATED",
        "0.1, 20, 0, 300, 20, 0.79, LAGGING",
        "0.1, 50, 0, 300, 20, 0.79, SATURATED",
        "0.1, 0, 10, 300, 20, 0.79, LAGGING",
        "0.1, 0, 50, 300, 20, 0.79, SATURATED",
        "0.1, 0, 0, 5000, 20, 0.79, LAGGING",
        "0.1, 0, 0, 10000, 20, 0.79, SATURATED",
        "0.1, 0, 0, 300, 800, 0.79, LAGGING",
        "0.1, 0, 0, 300, 950, 0.79, SATURATED",
        "0.1, 0, 0, 300, 20, 0.80, LAGGING",
        "0.1, 0, 0, 300, 20, 0.95, SATURATED",
    })
    void eachMeasureHasItsBounds(
            double cpu, double gc, double stalled, long lag, long files, double ports, State state) {
        Diagnosis diagnosis = Diagnosis.of(
                List.of(new Reading(new Health(cpu, 2, 1, 1, gc, stalled, 0.1, lag, files, 1000, ports), 0)));

        assertThat(diagnosis.state()).isEqualTo(state);
        assertThat(diagnosis.reasons().isEmpty()).isEqualTo(state == State.HEALTHY);
    }

    @Test
    void aBusyLoopIsToldOfWhenItLastsThreeSeconds() {
        assertThat(Diagnosis.of(List.of(busy(0.9), busy(0.9))).state()).isEqualTo(State.HEALTHY);
        assertThat(Diagnosis.of(List.of(busy(0.1), busy(0.9), busy(0.9))).state())
                .isEqualTo(State.HEALTHY);
        assertThat(Diagnosis.of(List.of(busy(0.1), busy(0.9), busy(0.86), busy(0.9))))
                .isEqualTo(new Diagnosis(State.SATURATED, List.of("a loop is busy for 86 %")));
        assertThat(Diagnosis.of(List.of(busy(0.7), busy(0.9), busy(0.9))).state())
                .isEqualTo(State.LAGGING);
    }

    @Test
    void overdueStartsAreToldOfWhenTheyLast() {
        Health fine = busy(0.1).health();

        assertThat(Diagnosis.of(List.of(new Reading(fine, 0), new Reading(fine, 5)))
                        .state())
                .isEqualTo(State.HEALTHY);
        assertThat(Diagnosis.of(List.of(new Reading(fine, 5), new Reading(fine, 5))))
                .isEqualTo(new Diagnosis(State.LAGGING, List.of("5 starts are overdue")));
    }

    @Test
    void theWorstReasonComesFirst() {
        Health bad = new Health(1.7, 2, 1, 1, 0, 0, 0.1, 20_000, 20, 1000, 0);

        assertThat(Diagnosis.of(List.of(new Reading(bad, 0))).reasons())
                .containsExactly("loop lag p99 is 20 ms", "it uses of its CPU quota 85 %");
    }

    private static Reading busy(double utilisation) {
        return new Reading(new Health(0.1, 2, 1, 1, 0, 0, utilisation, 300, 20, 1000, 0), 0);
    }
}
