package io.vikhry.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a failure is called in one line. */
class LinesTest {
    @Test
    void aFailureIsItsFirstLineOrItsClass() {
        assertThat(Lines.first(new IllegalStateException("sold out\nand more"))).isEqualTo("sold out");
        assertThat(Lines.first(new IllegalStateException())).isEqualTo("IllegalStateException");
        assertThat(Lines.first(new IllegalStateException("x".repeat(10_000))))
                .hasSize(500)
                .endsWith("…");
    }

    /** What a scenario throws may fail when it is asked, and the cluster must hear of it all the same. */
    @Test
    void aFailureThatCannotDescribeItselfIsALineToo() {
        class Mute extends RuntimeException {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("no message");
            }
        }
        assertThat(Lines.first(new Mute())).contains("IllegalStateException");
    }
}
