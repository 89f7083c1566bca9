package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SectionTest {
    private final Section section = new Section();

    @Test
    void anInterruptHitsTheSectionItWasMeantForOnly() {
        long first = section.begin(false);
        assertThat(section.end()).isNull();
        long second = section.begin(false);

        assertThat(section.interrupt(Thread.currentThread(), first, Section.Cause.TIMEOUT))
                .isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(section.interrupt(Thread.currentThread(), second, Section.Cause.TIMEOUT))
                .isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(section.end()).isEqualTo(Section.Cause.TIMEOUT);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void theFirstCauseStays() {
        long number = section.begin(false);
        section.interrupt(Thread.currentThread(), number, Section.Cause.TIMEOUT);
        assertThat(section.interruptForEnd(Thread.currentThread())).isTrue();
        assertThat(section.end()).isEqualTo(Section.Cause.TIMEOUT);
    }

    @Test
    void theEndOfTheUserSparesAShieldedSectionAndTheTimeBetweenSections() {
        assertThat(section.interruptForEnd(Thread.currentThread())).isFalse();
        section.begin(true);
        assertThat(section.interruptForEnd(Thread.currentThread())).isFalse();
        assertThat(section.end()).isNull();
        section.begin(false);
        assertThat(section.interruptForEnd(Thread.currentThread())).isTrue();
        assertThat(section.end()).isEqualTo(Section.Cause.END);
    }

    @Test
    void aMarkMadeByTheScenarioItselfDoesNotLeak() {
        section.begin(false);
        Thread.currentThread().interrupt();
        assertThat(section.end()).isNull();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void noInterruptLeaksHoweverTheyRace() throws InterruptedException {
        AtomicBoolean leaked = new AtomicBoolean();
        AtomicLong current = new AtomicLong();
        AtomicLong hits = new AtomicLong();
        AtomicLong told = new AtomicLong();
        AtomicBoolean done = new AtomicBoolean();
        Thread user = Thread.ofVirtual().start(() -> {
            long until = System.nanoTime() + 20_000_000_000L;
            while (told.get() < 2_000 && !leaked.get() && System.nanoTime() < until) {
                current.set(section.begin(false));
                for (int spin = 0; spin < 20; spin++) {
                    Thread.onSpinWait();
                }
                if (section.end() != null) {
                    told.incrementAndGet();
                }
                if (Thread.currentThread().isInterrupted()) {
                    leaked.set(true);
                }
            }
            done.set(true);
        });
        Thread interrupter = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                if (section.interrupt(user, current.get(), Section.Cause.TIMEOUT)) {
                    hits.incrementAndGet();
                }
            }
        });
        assertThat(user.join(java.time.Duration.ofSeconds(30))).isTrue();
        interrupter.join(5_000);

        assertThat(leaked).isFalse();
        assertThat(told.get()).isEqualTo(2_000).isLessThanOrEqualTo(hits.get());
    }
}
