package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.cluster.WorkerView;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HearsayTest {
    private final Hearsay hearsay = new Hearsay();

    @Test
    void theLastOfALeaseIsWhatWasHeardOfIt() {
        look(10_000, worker(1, 9_500, 4, Map.of()));

        assertThat(last(1).millis()).isEqualTo(9_500);
        assertThat(work(1).lastSeq()).isEqualTo(4);
        assertThat(work(1).users()).isEqualTo(6);
        assertThat(hearsay.of("w", 2)).isEmpty();
    }

    @Test
    void aLeaseThatAnotherTookThePlaceOfIsRememberedByRedis() {
        look(10_000, worker(1, 9_500, 4, Map.of()));
        look(16_000, worker(2, 15_800, 0, Map.of(1L, 10_300L, 0L, 2_000L)));

        assertThat(last(1).millis()).as("also what was not heard here").isEqualTo(10_300);
        assertThat(work(1).lastSeq()).isEqualTo(4);
        assertThat(last(0).millis()).isEqualTo(2_000);
        assertThat(work(0).lastSeq()).as("nobody knows").isEqualTo(-1);
        assertThat(work(2).lastSeq()).isZero();
    }

    @Test
    void aLeaseThatRedisForgotMayHaveBeenRenewedUntilItWasMissed() {
        look(10_000, worker(1, 9_500, 4, Map.of()));
        look(10_800, worker(2, 10_700, 0, Map.of()));
        look(20_000, worker(2, 19_700, 9, Map.of()));

        assertThat(last(1).millis()).isEqualTo(9_500 + 800);
    }

    @Test
    void whileNobodyLookedItMayHaveBeenImpossibleToRenew() {
        look(10_000, worker(1, 9_500, 4, Map.of()));
        look(10_300, worker(1, 9_500, 4, Map.of()));
        look(13_000, worker(1, 9_500, 4, Map.of()));
        assertThat(last(1).unheardMillis()).isEqualTo(2_700);

        look(13_300, worker(1, 13_200, 5, Map.of()));
        assertThat(last(1).unheardMillis()).as("it was heard again").isZero();
    }

    @Test
    void whatNobodyAsksForAnyMoreIsForgotten() {
        look(10_000, worker(1, 9_500, 4, Map.of()));
        look(10_000 + TimeUnit.NANOSECONDS.toMillis(Presence.FORGET_NANOS) + 1);

        assertThat(hearsay.of("w", 1)).isEmpty();
    }

    private Hearsay.Work work(long fence) {
        return last(fence).of("run", fence);
    }

    private Hearsay.Last last(long fence) {
        return hearsay.of("w", fence).orElseThrow();
    }

    private void look(long atMillis, WorkerView... workers) {
        hearsay.look(List.of(workers), TimeUnit.MILLISECONDS.toNanos(atMillis));
    }

    private static WorkerView worker(long fence, long seenMillis, long lastSeq, Map<Long, Long> earlier) {
        return Statement.of("w", fence).runs("run", 6).made(0, lastSeq).seen(seenMillis, earlier);
    }
}
