package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RangeTextTest {
    @Test
    void whatComesInTurnsIsOneWord() {
        List<VuRange> ranges = new ArrayList<>(List.of(new VuRange(3, 4)));
        for (int turn = 1; turn < 64; turn++) {
            ranges.add(new VuRange(3 + 1000 * turn, 4 + 1000 * turn));
        }
        ranges.add(new VuRange(64_000, 64_016));
        assertThat(RangeText.write(ranges)).isEqualTo("3+1,999+1*63,996+16");
        assertThat(RangeText.read("3+1,999+1*63,996+16")).isEqualTo(ranges);
        assertThat(RangeText.write(List.of())).isEmpty();
        assertThat(RangeText.read("")).isEmpty();
    }

    @RepeatedTest(20)
    void whatIsWrittenIsReadAgainWhateverTheRanges(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<VuRange> ranges = new ArrayList<>();
        int end = 0;
        for (int i = random.nextInt(300); i > 0; i--) {
            int from = end + random.nextInt(3);
            end = from + 1 + random.nextInt(random.nextBoolean() ? 1 : 100_000);
            ranges.add(new VuRange(from, end));
        }
        assertThat(RangeText.read(RangeText.write(ranges))).isEqualTo(ranges);
    }

    @Test
    void anAssignmentCarriesItsRangesAsText() {
        Assignment.Share share = new Assignment.Share(List.of(new VuRange(0, 5), new VuRange(10, 15)), 0.5, 7);
        byte[] json = Json.write(share);
        assertThat(new String(json, StandardCharsets.UTF_8)).contains("\"ranges\":\"0+5,5+5\"");
        assertThat(Json.read(json, Assignment.Share.class, "key")).isEqualTo(share);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"x", "1", "1+", "+1", "1+2*", "1+2*x", "1+-2", "-1+2", "1+2,,", "2147483647+1", "0+1*2000000000"
            })
    void whatIsNoTextOfRangesIsRefused(String text) {
        assertThatThrownBy(() -> RangeText.read(text))
                .isInstanceOfAny(IllegalArgumentException.class, ArithmeticException.class);
    }
}
