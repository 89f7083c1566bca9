package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MishapsTest {
    private final Mishaps mishaps = new Mishaps();

    @Test
    void aRedisThatFlapsForADayIsAddedUpAndNothingIsForgotten() {
        for (int i = 0; i < 86_400; i++) {
            mishaps.interrupted(Interruption.once(i * 1000L, i * 1000L + 500, "Redis did not answer"));
        }
        mishaps.interrupted(Interruption.once(0, 5_000, "no orchestrator led the run"));

        assertThat(mishaps.interruptions()).hasSize(Mishaps.KEPT + 1);
        assertThat(mishaps.interruptions().stream()
                        .filter(each -> each.what().startsWith("Redis"))
                        .mapToInt(Interruption::times)
                        .sum())
                .isEqualTo(86_400);
        assertThat(mishaps.interruptions().stream()
                        .mapToLong(Interruption::millis)
                        .sum())
                .isEqualTo(86_400 * 500L + 5_000);
    }

    @Test
    void aWorkerThatIsLostAgainUnderANewLeaseIsLostTwice() {
        mishaps.lost(loss(1_000, 500, 1));
        mishaps.lost(loss(1_300, 500, 1));
        mishaps.lost(loss(9_000, 8_000, 2));

        assertThat(mishaps.losses()).extracting(Course.Loss::fence).containsExactly(1L, 2L);
        assertThat(mishaps.lostAt()).containsEntry("w", 9_000L);
    }

    private static Course.Loss loss(long atMillis, long seenMillis, long fence) {
        return new Course.Loss("w", atMillis, seenMillis, 0, fence, fence, 7, 5);
    }
}
