package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    @Test
    void whatIsMadeUpIsMerged() {
        assertThat(Rehearsal.merge(Duration.ofMillis(300))).isPositive();
    }
}
