package io.vikhry.cluster;

import io.lettuce.core.api.sync.RedisCommands;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Cluster time: Redis' clock, carried on by this machine's monotonic clock. Each measurement is exact to half its round trip,
 * and grows worse by what two clocks may drift apart; a new one counts when it is better than the old one has become.
 *
 * <p>Safe for use by any thread: a measurement is published as one immutable value.
 */
public final class ClusterClock {
    /** How far two clocks may drift apart, as a share of the time that passes. */
    private static final double DRIFT = 200e-6;

    private static final int SAMPLES = 5;

    private final Redis redis;
    private volatile Sample sample;

    ClusterClock(Redis redis) {
        this.redis = redis;
        this.sample = take();
        measure();
    }

    /** Cluster time in ms since 1970. */
    public long nowMillis() {
        return Math.floorDiv(nowMicros(), 1000);
    }

    /** Cluster time in µs since 1970. */
    public long nowMicros() {
        return sample.micros(System.nanoTime());
    }

    /** Cluster time in µs since 1970 at an instant of {@link System#nanoTime}. */
    public long microsAt(long nanoTime) {
        return sample.micros(nanoTime);
    }

    /** The {@link System#nanoTime} at which cluster time is {@code millis}. */
    public long nanosAt(long millis) {
        Sample s = sample;
        return s.nanos + (millis * 1000 - s.micros) * 1000;
    }

    /** Cluster time minus this machine's wall clock, in µs. */
    public long offsetMicros() {
        return nowMicros() - ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** How far off cluster time may be, in µs. */
    public long uncertaintyMicros() {
        return Math.round(sample.error(System.nanoTime()));
    }

    /** Measures anew, several times; the best counts. */
    public void measure() {
        for (int i = 0; i < SAMPLES; i++) {
            offer(take());
        }
    }

    /** A time that Redis gave between two instants of {@link System#nanoTime}: measured in passing, with a renewal. */
    void offer(long sentNanos, long receivedNanos, long redisMicros) {
        offer(Sample.of(sentNanos, receivedNanos, redisMicros));
    }

    private synchronized void offer(Sample fresh) {
        if (fresh.roundTrip / 2.0 <= sample.error(fresh.nanos)) {
            sample = fresh;
        }
    }

    private Sample take() {
        long sent = System.nanoTime();
        List<byte[]> time = redis.call(RedisCommands::time);
        return Sample.of(sent, System.nanoTime(), micros(time.get(0), time.get(1)));
    }

    private static long micros(byte[] seconds, byte[] micros) {
        return Long.parseLong(new String(seconds, StandardCharsets.US_ASCII)) * 1_000_000
                + Long.parseLong(new String(micros, StandardCharsets.US_ASCII));
    }

    /** At {@code nanos} of the monotonic clock it was {@code micros}, give or take half of {@code roundTrip} µs. */
    private record Sample(long nanos, long micros, double roundTrip) {
        static Sample of(long sent, long received, long redisMicros) {
            return new Sample(sent + (received - sent) / 2, redisMicros, (received - sent) / 1e3);
        }

        long micros(long nanoTime) {
            return micros + Math.floorDiv(nanoTime - nanos, 1000L);
        }

        double error(long nanoTime) {
            return roundTrip / 2 + Math.max(0, nanoTime - nanos) / 1e3 * DRIFT;
        }
    }
}
