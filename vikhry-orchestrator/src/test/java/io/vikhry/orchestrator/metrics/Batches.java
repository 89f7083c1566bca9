package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.ErrorSample;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.PhaseSum;
import io.vikhry.cluster.IntervalBatch.ProbeSample;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Batches for tests. */
final class Batches {
    static final long T0 = 1_795_301_340_000L;
    static final byte[] NONE = {};

    private Batches() {}

    static IntervalBatch of(String worker, long seq, long second, int users, SeriesDelta... series) {
        return new IntervalBatch("run", worker, 1, seq, T0 + second * 1000, users, false, List.of(series), List.of());
    }

    static IntervalBatch withErrors(String worker, long seq, long second, ErrorSample... errors) {
        return new IntervalBatch("run", worker, 1, seq, T0 + second * 1000, 0, false, List.of(), List.of(errors));
    }

    static IntervalBatch withProbes(String worker, long seq, long second, ProbeSample... probes) {
        return new IntervalBatch(
                "run", worker, 1, seq, T0 + second * 1000, 0, false, List.of(), List.of(), null, List.of(probes));
    }

    static IntervalBatch withArrivals(
            String worker, long seq, long second, long intended, long started, long completed) {
        return new IntervalBatch(
                "run",
                worker,
                1,
                seq,
                T0 + second * 1000,
                0,
                false,
                List.of(),
                List.of(),
                new IntervalBatch.Arrivals(intended, started, completed),
                List.of());
    }

    static ProbeSample probe(String name, long at, double value) {
        return new ProbeSample(
                name,
                at,
                1500,
                IntervalBatch.ProbeOutcome.OK,
                List.of(new IntervalBatch.ProbeValue("value", IntervalBatch.ProbeType.NUMBER, value)),
                "");
    }

    static ProbeSample failedProbe(String name, long at, String error) {
        return new ProbeSample(name, at, 1500, IntervalBatch.ProbeOutcome.FAILED, List.of(), error);
    }

    static IntervalBatch last(IntervalBatch batch) {
        return new IntervalBatch(
                batch.runId(),
                batch.workerId(),
                batch.fence(),
                batch.seq(),
                batch.secondMillis(),
                batch.activeVus(),
                true,
                batch.series(),
                batch.errors());
    }

    /** The same under another lease. */
    static IntervalBatch under(long fence, IntervalBatch batch) {
        return new IntervalBatch(
                batch.runId(),
                batch.workerId(),
                fence,
                batch.seq(),
                batch.secondMillis(),
                batch.activeVus(),
                batch.last(),
                batch.series(),
                batch.errors());
    }

    /** Requests with these response times in µs, all 200, with service times equal to them. */
    static SeriesDelta requests(String name, long... micros) {
        return requests(name, micros, new long[0]);
    }

    static SeriesDelta requests(String name, long[] response, long[] service) {
        return new SeriesDelta(
                Kind.REQUEST,
                "step",
                name,
                response.length,
                0,
                Map.of("200", (long) response.length),
                10L * response.length,
                100L * response.length,
                encode(response),
                service.length == 0 ? NONE : encode(service));
    }

    /** One request that went through these phases. */
    static SeriesDelta withPhases(String name, PhaseSum... phases) {
        return new SeriesDelta(
                Kind.REQUEST, "step", name, 1, 0, Map.of("200", 1L), 10, 100, encode(1000), NONE, List.of(phases));
    }

    static byte[] encode(long... micros) {
        Histogram histogram = histogram(micros);
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        // As workers do, and as their logs of before have it.
        int length = micros.length % 2 == 0
                ? histogram.encodeIntoByteBuffer(buffer)
                : histogram.encodeIntoCompressedByteBuffer(buffer);
        return Arrays.copyOf(buffer.array(), length);
    }

    /** What the library says of these samples. */
    static Latency latency(Histogram micros) {
        return new Latency(
                Latency.millis(micros.getMean()),
                Latency.millis(micros.getValueAtPercentile(50)),
                Latency.millis(micros.getValueAtPercentile(90)),
                Latency.millis(micros.getValueAtPercentile(95)),
                Latency.millis(micros.getValueAtPercentile(99)),
                Latency.millis(micros.getValueAtPercentile(99.9)),
                Latency.millis(micros.getMaxValue()));
    }

    /** The same for a chart. */
    static Point.Spread spread(Histogram micros) {
        Latency all = latency(micros);
        return new Point.Spread(all.p50(), all.p95(), all.p99(), all.max());
    }

    static Histogram histogram(long... micros) {
        Histogram histogram = new Histogram(3);
        for (long value : micros) {
            histogram.recordValue(value);
        }
        return histogram;
    }
}
