package io.vikhry.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class MoodTest {
    @Test
    void theSameSeedGivesTheSameLatencies() {
        assertThat(latencies(7)).isEqualTo(latencies(7)).isNotEqualTo(latencies(8));
    }

    @Test
    void theMedianIsEightMilliseconds() {
        double[] sorted = DoubleStream.of(latencies(1)).sorted().toArray();
        assertThat(sorted[sorted.length / 2]).isBetween(7.8, 8.2);
        assertThat(sorted[(int) (sorted.length * 0.99)]).isBetween(20.0, 26.0);
    }

    @Test
    void itFailsAsOftenAsAsked() {
        Mood mood = new Mood(3);
        long failures = java.util.stream.IntStream.range(0, 100_000)
                .filter(i -> mood.fails(0.003))
                .count();
        assertThat(failures).isBetween(240L, 360L);
    }

    private static double[] latencies(long seed) {
        Mood mood = new Mood(seed);
        return DoubleStream.generate(mood::millis).limit(20_000).toArray();
    }
}
