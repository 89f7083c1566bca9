package io.vikhry.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wheel against the plain statement of what timers do, in made-up time. */
class TimerWheelTest {
    private static final long TICK = 1 << 18;
    /** Near the overflow of nanoTime, where only differences may be compared. */
    private static final long START = Long.MAX_VALUE - 1_000_000_000L;

    private static final class Probe extends TimerNode {
        long expected;
        int fired;

        @Override
        void fire() {
            fired++;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyTimerFiresOnceAtTheFirstTickNotBeforeItsDeadline(long seed) {
        Random random = new Random(seed);
        TimerWheel wheel = new TimerWheel(TICK, START);
        List<Probe> probes = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            probes.add(new Probe());
        }
        long now = START;
        int[] expectedFirings = new int[probes.size()];
        for (int round = 0; round < 3_000; round++) {
            for (int i = 0; i < 20; i++) {
                Probe probe = probes.get(random.nextInt(probes.size()));
                switch (random.nextInt(4)) {
                    case 0 -> {
                        assertThat(wheel.remove(probe)).isEqualTo(probe.armed || probe.expected != 0);
                        probe.expected = 0;
                    }
                    case 1 -> {
                        probe.armed = false;
                        probe.expected = 0;
                    }
                    default -> {
                        long delay = delay(random);
                        wheel.arm(probe, delay, now);
                        probe.expected = now + delay;
                    }
                }
            }
            now += step(random);
            wheel.advance(now);
            for (int i = 0; i < probes.size(); i++) {
                Probe probe = probes.get(i);
                if (probe.expected != 0 && now - probe.expected >= TICK) {
                    expectedFirings[i]++;
                    probe.expected = 0;
                } else if (probe.expected != 0 && probe.fired > expectedFirings[i]) {
                    assertThat(now - probe.expected).as("early, seed %d", seed).isNotNegative();
                    expectedFirings[i]++;
                    probe.expected = 0;
                }
                assertThat(probe.fired).as("seed %d round %d", seed, round).isEqualTo(expectedFirings[i]);
            }
        }
    }

    private static long delay(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> random.nextLong(TICK);
            case 2 -> random.nextLong(TICK * 200);
            case 3 -> random.nextLong(TICK * TimerWheel.NEAR * 3);
            default -> random.nextLong(TICK * TimerWheel.NEAR * 600);
        };
    }

    private static long step(Random random) {
        return switch (random.nextInt(20)) {
            case 0 -> random.nextLong(TICK * TimerWheel.NEAR * 300);
            case 1 -> TICK * TimerWheel.NEAR;
            default -> random.nextLong(TICK * 20);
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 100, 4_000, 4_096, 5_000, 100_000, 1_048_576, 3_000_000})
    void aWheelThatSleepsUntilItsNextTimeFiresInTime(long ticks) {
        TimerWheel wheel = new TimerWheel(TICK, START);
        Probe probe = new Probe();
        wheel.arm(probe, ticks * TICK - 7, START);
        int wakeUps = 0;
        long now = START;
        while (probe.fired == 0) {
            assertThat(wheel.nextNanos()).isNotEqualTo(Long.MAX_VALUE);
            now = wheel.nextNanos();
            wheel.advance(now);
            wakeUps++;
            assertThat(wakeUps).isLessThan(20);
        }
        assertThat(now).isEqualTo(START + ticks * TICK);
        assertThat(wheel.nextNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(wheel.filledLists()).isZero();
    }

    @Test
    void aTimerThatArmsItselfFiresOnceInARound() {
        TimerWheel wheel = new TimerWheel(TICK, 0);
        int[] fired = new int[1];
        TimerNode again = new TimerNode() {
            @Override
            void fire() {
                fired[0]++;
                wheel.arm(this, 0, TICK);
            }
        };
        wheel.arm(again, 0, 0);
        wheel.advance(TICK);
        assertThat(fired[0]).isEqualTo(1);
        wheel.advance(TICK * 2);
        assertThat(fired[0]).isEqualTo(2);
    }

    @Test
    void anActionThatFailsDoesNotStopTheOthers() {
        TimerWheel wheel = new TimerWheel(TICK, 0);
        Probe probe = new Probe();
        wheel.arm(
                new TimerNode() {
                    @Override
                    void fire() {
                        throw new IllegalStateException("on purpose");
                    }
                },
                10,
                0);
        wheel.arm(probe, 10, 0);
        wheel.advance(TICK);
        assertThat(probe.fired).isEqualTo(1);
    }
}
