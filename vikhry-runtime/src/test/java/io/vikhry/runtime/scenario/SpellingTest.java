package io.vikhry.runtime.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
    private static final List<String> NAMES = List.of("buy", "login", "ramp_s", "baseUrl", "paymentMethod");

    @ParameterizedTest
    @CsvSource({"logn, login", "ramp, ramp_s", "bseUrl, baseUrl", "BASEURL, baseUrl", "payment_Methods, paymentMethod"})
    void whatDiffersByLittleIsMeant(String written, String meant) {
        assertThat(Spelling.nearest(written, NAMES)).contains(meant);
        assertThat(Spelling.hint(written, NAMES)).isEqualTo("; did you mean \"" + meant + "\"?");
    }

    @Test
    void whatHasLittleInCommonIsNotGuessed() {
        assertThat(Spelling.nearest("pay", NAMES)).isEmpty();
        assertThat(Spelling.nearest("x".repeat(100_000), NAMES)).isEmpty();
        assertThat(Spelling.hint("pay", List.of("buy", "login"))).isEqualTo("; there are buy, login");
        assertThat(Spelling.hint("pay", List.of())).isEmpty();
    }
}
