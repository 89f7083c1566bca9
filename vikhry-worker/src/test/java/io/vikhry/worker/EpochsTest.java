package io.vikhry.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EpochsTest {
    private long now;
    private final Epochs epochs = new Epochs(() -> now);

    @Test
    void anEpochFromBeforeIsWaitedOut() {
        assertThat(epochs.see(7, true)).isTrue();
        assertThat(epochs.see(6, true)).isFalse();
        now += Epochs.STALE_NANOS - 1;
        assertThat(epochs.see(6, true)).isFalse();
        assertThat(epochs.see(7, true)).as("it was restored").isTrue();
        assertThat(epochs.see(6, true)).as("for as long again").isFalse();
        now += Epochs.STALE_NANOS;
        assertThat(epochs.see(6, true)).as("nobody restores it").isTrue();
        assertThat(epochs.see(6, true)).as("it is the newest now").isTrue();
    }

    @Test
    void whileNobodyLeadsItIsWaitedForOneWhoWouldRestoreIt() {
        epochs.see(7, true);
        assertThat(epochs.see(6, false)).isFalse();
        now += Epochs.LONGEST_NANOS - 1;
        assertThat(epochs.see(6, false)).isFalse();
        assertThat(epochs.see(7, true)).as("it was restored").isTrue();

        assertThat(epochs.see(6, false)).isFalse();
        now += Epochs.STALE_NANOS;
        assertThat(epochs.see(6, false)).isFalse();
        now += Epochs.STALE_NANOS - 1;
        assertThat(epochs.see(6, true)).as("whoever leads now has its time").isFalse();
        now++;
        assertThat(epochs.see(6, true)).isTrue();
        assertThat(epochs.see(5, false)).isFalse();
        now += Epochs.LONGEST_NANOS;
        assertThat(epochs.see(5, false)).as("nobody comes").isTrue();
    }

    @Test
    void whoComesAtTheEndOfTheWaitHasAsMuchTimeAsAnyOther() {
        epochs.see(7, true);
        assertThat(epochs.see(6, false)).isFalse();
        now += TimeUnit.SECONDS.toNanos(55);
        assertThat(epochs.see(6, false)).isFalse();
        assertThat(epochs.see(6, true)).isFalse();
        now += Epochs.STALE_NANOS - 1;
        assertThat(epochs.see(6, true)).isFalse();
        now++;
        assertThat(epochs.see(6, true)).isTrue();
    }

    @Test
    void whoHasNothingLeftOfAnyEpochWaitsForNone() {
        epochs.see(7, true);
        epochs.forget();

        assertThat(epochs.see(1, true)).isTrue();
    }
}
