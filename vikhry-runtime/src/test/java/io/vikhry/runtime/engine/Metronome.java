package io.vikhry.runtime.engine;

import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** A plain thread that wants to wake every millisecond: how late it does is the machine's own, and nobody can be earlier. */
public final class Metronome implements AutoCloseable {
    private static final long BEAT_NANOS = 1_000_000;

    private final Histogram lateMicros = new Histogram(3);
    private final Thread thread = Thread.ofPlatform().daemon().name("metronome").start(this::beat);
    private volatile boolean stopped;

    private void beat() {
        while (!stopped) {
            long due = System.nanoTime() + BEAT_NANOS;
            LockSupport.parkNanos(BEAT_NANOS);
            lateMicros.recordValue(Math.max(0, System.nanoTime() - due) / 1_000);
        }
    }

    /** Ends it; how late it was, in µs. */
    public Histogram stop() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return lateMicros;
    }

    @Override
    public void close() {
        stop();
    }

    /** Whether the machine had CPU to spare. */
    public static boolean isCalm(Histogram machine) {
        return machine.getValueAtPercentile(99) < 1_000;
    }

    /**
     * Whether {@code lateMicros} is within a millisecond for 99 of 100, and half of one for every second, but for what the
     * machine itself was late meanwhile: a loop comes late by that, and catches up in as much time again.
     */
    public static boolean inTime(Histogram lateMicros, Histogram machine) {
        return within(lateMicros, machine, 99, 1_000) && within(lateMicros, machine, 50, 500);
    }

    private static boolean within(Histogram lateMicros, Histogram machine, double percentile, long micros) {
        return lateMicros.getValueAtPercentile(percentile) < micros + 2 * machine.getValueAtPercentile(percentile);
    }

    /** In words with figures. */
    public static String text(Histogram lateMicros, Histogram machine) {
        return "late p50 %d us, p99 %d us; the machine p50 %d us, p99 %d us"
                .formatted(
                        lateMicros.getValueAtPercentile(50),
                        lateMicros.getValueAtPercentile(99),
                        machine.getValueAtPercentile(50),
                        machine.getValueAtPercentile(99));
    }
}
