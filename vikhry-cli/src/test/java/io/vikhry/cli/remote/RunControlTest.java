package io.vikhry.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunControlTest {
    @Test
    void aPlaceThatHoldsItsLoopIsTheSameHoweverOftenItIsFound() {
        String place = "ShopVU in buy holds its loop at ShopVU.buy(ShopVU.java:12): use offload(…) for what blocks";

        assertThat(RunControl.uncounted(place + " (1 times in all)"))
                .isEqualTo(RunControl.uncounted(place + " (250 times in all)"))
                .isEqualTo(place);
        assertThat(RunControl.uncounted("")).isEmpty();
    }
}
