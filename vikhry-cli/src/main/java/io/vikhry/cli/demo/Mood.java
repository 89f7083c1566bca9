package io.vikhry.cli.demo;

import java.time.Duration;
import java.util.SplittableRandom;

/** How long the shop takes and when it fails: log-normal around 8 ms, the same sequence for the same seed. Safe for threads. */
final class Mood {
    private static final double MEDIAN_MILLIS = 8;
    private static final double SIGMA = 0.45;
    private static final double SLOWEST_MILLIS = 400;

    private final SplittableRandom random;

    Mood(long seed) {
        random = new SplittableRandom(seed);
    }

    double millis() {
        double normal;
        synchronized (random) {
            normal = random.nextGaussian();
        }
        return Math.min(SLOWEST_MILLIS, MEDIAN_MILLIS * Math.exp(SIGMA * normal));
    }

    boolean fails(double probability) {
        synchronized (random) {
            return random.nextDouble() < probability;
        }
    }

    /** Takes the time that one request takes. */
    void take() {
        try {
            Thread.sleep(Duration.ofNanos((long) (millis() * 1e6)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
