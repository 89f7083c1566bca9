package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.orchestrator.verdict.Verdict;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OpinionTest {
    private static final Verdict EARLY = new Verdict(Verdict.Level.VALID, List.of());
    private static final Verdict LAST = new Verdict(Verdict.Level.INVALID, List.of());

    private final Opinion opinion = new Opinion();

    @Test
    void aJudgementThatBeganBeforeTheEndDoesNotReplaceTheLastOne() throws Exception {
        CountDownLatch judging = new CountDownLatch(1);
        CountDownLatch on = new CountDownLatch(1);
        Thread reader = Thread.ofPlatform()
                .start(() -> opinion.at(1_000, () -> {
                    judging.countDown();
                    await(on);
                    return EARLY;
                }));
        assertThat(judging.await(5, TimeUnit.SECONDS)).isTrue();
        Thread end = Thread.ofPlatform().start(() -> opinion.settle(LAST));
        on.countDown();
        reader.join(5_000);
        end.join(5_000);

        assertThat(opinion.at(60_000, () -> EARLY)).isSameAs(LAST);
    }

    @Test
    void aVerdictIsMadeAnewWhenItHasGrownOld() {
        opinion.at(1_000, () -> EARLY);

        assertThat(opinion.at(1_800, () -> LAST)).isSameAs(EARLY);
        assertThat(opinion.at(1_900, () -> LAST)).isSameAs(LAST);
    }

    @Test
    void aVerdictThatIsFromTheFutureIsMadeAnew() {
        opinion.at(3_600_000, () -> EARLY);

        assertThat(opinion.at(1_000, () -> LAST))
                .as("after the cluster's clock was put back")
                .isSameAs(LAST);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
