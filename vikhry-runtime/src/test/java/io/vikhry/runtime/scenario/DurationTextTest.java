package io.vikhry.runtime.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({"250ms,PT0.25S", "1.5s,PT1.5S", "2m,PT2M", "1h,PT1H", "7us,PT0.000007S", "0s,PT0S", "' 3 s ',PT3S"})
    void itReadsWhatPeopleWrite(String text, Duration expected) {
        assertThat(DurationText.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-1s", "1 day", "1s1s", "1e3s", "999999999999999h"})
    void itRefusesTheRest(String text) {
        assertThatThrownBy(() -> DurationText.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatItWritesItReads() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1000; i++) {
            long scale = new long[] {1_000L, 1_000_000L, 1_000_000_000L, 60_000_000_000L}[random.nextInt(4)];
            Duration duration = Duration.ofNanos(random.nextLong(100_000) * scale);
            assertThat(DurationText.parse(DurationText.format(duration))).isEqualTo(duration);
        }
    }

    @Test
    void aDrawIsWithinItsRangeAndReachesBothEnds() {
        Every every = Every.parse("1us..1us");
        assertThat(every.drawNanos(new SplittableRandom(1))).isEqualTo(1000);
        Every range = new Every("x", 3, 5);
        SplittableRandom random = new SplittableRandom(1);
        assertThat(java.util.stream.LongStream.generate(() -> range.drawNanos(random))
                        .limit(200)
                        .distinct()
                        .sorted())
                .containsExactly(3L, 4L, 5L);
    }
}
