package io.vikhry.bench;

import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.Phase;
import io.vikhry.cluster.IntervalBatch.PhaseSum;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.HdrHistogram.Histogram;

/**
 * What workers measured in a second, made before the load begins: so the simulator's own work is to number and to send it, which
 * a thousand machines would do at the same time. Latencies are log-normal around 20 ms, each series shifted a little.
 */
final class Samples {
    private static final int DIGITS = 3;

    private Samples() {}

    /** Different seconds of {@code series} series with {@code samples} samples each; four of five are requests. */
    static List<List<SeriesDelta>> seconds(int count, int series, int samples) {
        Random random = new Random(42);
        List<List<SeriesDelta>> seconds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<SeriesDelta> second = new ArrayList<>();
            for (int s = 0; s < series; s++) {
                second.add(delta(s, samples, random));
            }
            seconds.add(List.copyOf(second));
        }
        return seconds;
    }

    private static SeriesDelta delta(int number, int samples, Random random) {
        Histogram service = new Histogram(DIGITS);
        Histogram response = new Histogram(DIGITS);
        long sum = 0;
        for (int i = 0; i < samples; i++) {
            long micros = Math.round(20_000 * (1 + number / 10.0) * Math.exp(0.6 * random.nextGaussian()));
            service.recordValue(micros);
            response.recordValue(micros + random.nextInt(300));
            sum += micros;
        }
        boolean request = number % 5 != 4;
        long failed = samples / 100;
        return new SeriesDelta(
                request ? Kind.REQUEST : Kind.STEP,
                request ? "step-" + number / 5 : "",
                request ? "GET /things/" + number + "/{id}" : "step-" + number / 5,
                samples,
                failed,
                request ? Map.of("200", samples - failed, "503", failed) : Map.of("OK", (long) samples),
                request ? 180L * samples : 0,
                request ? 2_000L * samples : 0,
                encoded(response),
                encoded(service),
                request
                        ? List.of(
                                new PhaseSum(Phase.SEND, samples, samples * 20_000L, 90_000),
                                new PhaseSum(Phase.WAIT, samples, sum * 900, 900_000_000),
                                new PhaseSum(Phase.RECEIVE, samples, sum * 100, 100_000_000))
                        : List.of());
    }

    private static byte[] encoded(Histogram histogram) {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        return Arrays.copyOf(buffer.array(), histogram.encodeIntoByteBuffer(buffer));
    }
}
