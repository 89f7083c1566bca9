package io.vikhry.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EpochsTest {
    private long now;
    private final Epochs epochs = new Epochs(() -> now);

    @Test
    void anEpochFromBeforeIsWaitedOut() {
        assertThat(epochs.see(7)).isTrue();
        assertThat(epochs.see(6)).isFalse();
        now += Epochs.STALE_NANOS - 1;
        assertThat(epochs.see(6)).isFalse();
        assertThat(epochs.see(7)).as("it was restored").isTrue();
        assertThat(epochs.see(6)).as("for as long again").isFalse();
        now += Epochs.STALE_NANOS;
        assertThat(epochs.see(6)).as("nobody restores it").isTrue();
        assertThat(epochs.see(6)).as("it is the newest now").isTrue();
    }

    @Test
    void whoHasNothingLeftOfAnyEpochWaitsForNone() {
        epochs.see(7);
        epochs.forget();

        assertThat(epochs.see(1)).isTrue();
    }
}
