package io.vikhry.orchestrator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RatesTest {
    @Test
    void oneFailureOfTenMillionIsNotNone() {
        assertThat(Rates.share(1, 10_000_000)).isEqualTo(0.000001);
        assertThat(Rates.share(9_999_999, 10_000_000)).isEqualTo(0.999999);
    }

    @Test
    void aShareHasSixDecimals() {
        assertThat(Rates.share(1, 3)).isEqualTo(0.333333);
        assertThat(Rates.share(0, 3)).isZero();
        assertThat(Rates.share(3, 3)).isEqualTo(1);
        assertThat(Rates.share(0, 0)).isZero();
    }

    @Test
    void beforeAnyTimeHasPassedThereIsNoRate() {
        assertThat(Rates.perSecond(5, 0)).isZero();
        assertThat(Rates.perSecond(1, 3)).isEqualTo(0.333);
    }
}
