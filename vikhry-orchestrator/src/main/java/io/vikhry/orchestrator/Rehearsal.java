package io.vikhry.orchestrator;

import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import io.vikhry.orchestrator.metrics.Aggregator;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.HdrHistogram.Histogram;

/**
 * The merging of many workers' batches, with batches that are made up: so that a JVM which watches a start knows how an orchestrator
 * runs that has many workers, and another that begins with what this one has learned need not find it out under load.
 */
public final class Rehearsal {
    private static final int WORKERS = 100;
    private static final int SERIES = 50;
    private static final int SAMPLES = 100;

    private Rehearsal() {}

    /**
     * Merges for a while.
     *
     * @return how many batches
     */
    public static long merge(Duration time) {
        List<SeriesDelta> series = series();
        Aggregator numbers = new Aggregator();
        numbers.start(0);
        long merged = 0;
        long until = System.nanoTime() + time.toNanos();
        for (int second = 1; System.nanoTime() < until; second++) {
            List<IntervalBatch> batches = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                IntervalBatch made = new IntervalBatch(
                        "rehearsal", "w" + worker, 1, second, second * 1000L, 1, false, series, List.of());
                batches.add(IntervalBatch.decoded(made.encoded()));
            }
            long now = second * 1000L + 1000;
            merged += numbers.addAll(batches, now).size();
            numbers.settle(now);
            numbers.numbers(now);
        }
        return merged;
    }

    private static List<SeriesDelta> series() {
        Random random = new Random(1);
        List<SeriesDelta> series = new ArrayList<>();
        for (int i = 0; i < SERIES; i++) {
            series.add(new SeriesDelta(
                    Kind.REQUEST,
                    "step",
                    "GET /" + i,
                    SAMPLES,
                    0,
                    Map.of("200", (long) SAMPLES),
                    SAMPLES,
                    SAMPLES,
                    samples(random),
                    samples(random)));
        }
        return series;
    }

    private static byte[] samples(Random random) {
        Histogram micros = new Histogram(3);
        for (int i = 0; i < SAMPLES; i++) {
            micros.recordValue(Math.round(20_000 * Math.exp(0.6 * random.nextGaussian())));
        }
        ByteBuffer buffer = ByteBuffer.allocate(micros.getNeededByteBufferCapacity());
        return Arrays.copyOf(buffer.array(), micros.encodeIntoByteBuffer(buffer));
    }
}
