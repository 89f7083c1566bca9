package io.vikhry.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void namesStandLeftAndNumbersRight() {
        assertThat(new Table("series", "count")
                        .row("GET /a", "5")
                        .row("x", "1,000")
                        .lines())
                .containsExactly("series  count", "GET /a      5", "x       1,000");
    }

    @Test
    void numbersHaveTheDecimalsTheyDeserve() {
        assertThat(Table.millis(0.123)).isEqualTo("0.12");
        assertThat(Table.millis(12.34)).isEqualTo("12.3");
        assertThat(Table.millis(1234.5)).isEqualTo("1,235");
        assertThat(Table.errors(0, 10)).isEqualTo("0");
        assertThat(Table.errors(1, 200)).isEqualTo("1 (0.50 %)");
        assertThat(Table.rate(0.5)).isEqualTo("0.50");
        assertThat(Table.rate(1234.56)).isEqualTo("1,234.6");
    }
}
