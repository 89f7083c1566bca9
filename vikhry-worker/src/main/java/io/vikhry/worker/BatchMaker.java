package io.vikhry.worker;

import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.Arrivals;
import io.vikhry.cluster.IntervalBatch.ErrorSample;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.PhaseSum;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import io.vikhry.cluster.IntervalBatch.Vitals;
import io.vikhry.runtime.metrics.ErrorSnapshot;
import io.vikhry.runtime.metrics.IntervalSnapshot;
import io.vikhry.runtime.metrics.Phase;
import io.vikhry.runtime.metrics.PhaseTimes;
import io.vikhry.runtime.metrics.SeriesSnapshot;
import io.vikhry.runtime.probe.ProbeSample;
import io.vikhry.runtime.scenario.ProbeValue;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Numbers the snapshots of a run and turns them into batches. For one thread; others may read the number. */
final class BatchMaker {
    private static final byte[] NONE = new byte[0];

    private final BatchOrigin origin;
    private ByteBuffer scratch = ByteBuffer.allocate(0);
    private volatile long seq;

    BatchMaker(BatchOrigin origin) {
        this.origin = origin;
    }

    BatchOrigin origin() {
        return origin;
    }

    /** The number of the newest batch. */
    long seq() {
        return seq;
    }

    IntervalBatch make(
            IntervalSnapshot second,
            boolean last,
            @Nullable Arrivals arrivals,
            List<ProbeSample> probes,
            Vitals vitals) {
        long next = seq + 1;
        IntervalBatch batch = new IntervalBatch(
                origin.runId(),
                origin.workerId(),
                origin.fence(),
                next,
                second.secondMillis(),
                second.activeVus(),
                last,
                second.series().stream().map(this::series).toList(),
                second.errors().stream().map(BatchMaker::error).toList(),
                arrivals,
                probes.stream().map(BatchMaker::probe).toList(),
                vitals);
        seq = next;
        return batch;
    }

    private SeriesDelta series(SeriesSnapshot series) {
        return new SeriesDelta(
                kind(series.kind()),
                series.step(),
                series.name(),
                series.count(),
                series.failures(),
                series.codes(),
                series.bytesSent(),
                series.bytesReceived(),
                encode(series.response()),
                encode(series.service()),
                phases(series.phases()));
    }

    private static List<PhaseSum> phases(@Nullable PhaseTimes times) {
        return times == null
                ? List.of()
                : Arrays.stream(Phase.values())
                        .filter(phase -> times.count(phase) > 0)
                        .map(phase -> new PhaseSum(
                                phase(phase), times.count(phase), times.sumNanos(phase), times.maxNanos(phase)))
                        .toList();
    }

    private static IntervalBatch.Phase phase(Phase phase) {
        return switch (phase) {
            case BLOCKED -> IntervalBatch.Phase.BLOCKED;
            case DNS -> IntervalBatch.Phase.DNS;
            case CONNECT -> IntervalBatch.Phase.CONNECT;
            case TLS -> IntervalBatch.Phase.TLS;
            case SEND -> IntervalBatch.Phase.SEND;
            case WAIT -> IntervalBatch.Phase.WAIT;
            case RECEIVE -> IntervalBatch.Phase.RECEIVE;
        };
    }

    private static Kind kind(io.vikhry.runtime.metrics.Kind kind) {
        return switch (kind) {
            case REQUEST -> Kind.REQUEST;
            case STEP -> Kind.STEP;
            case FLOW -> Kind.FLOW;
            case CUSTOM -> Kind.CUSTOM;
            case LIFECYCLE -> Kind.LIFECYCLE;
            case WAIT -> Kind.WAIT;
        };
    }

    /** Not compressed: what there is to compress is little, and a thousand workers' would cost the orchestrator a core to undo. */
    private byte[] encode(@Nullable Histogram histogram) {
        if (histogram == null) {
            return NONE;
        }
        int needed = histogram.getNeededByteBufferCapacity();
        if (scratch.capacity() < needed) {
            scratch = ByteBuffer.allocate(needed);
        }
        int length = histogram.encodeIntoByteBuffer(scratch.clear());
        return Arrays.copyOf(scratch.array(), length);
    }

    private static ErrorSample error(ErrorSnapshot error) {
        return new ErrorSample(
                error.series(), error.step(), error.code(), error.message(), error.detail(), error.count());
    }

    private static IntervalBatch.ProbeSample probe(ProbeSample sample) {
        return new IntervalBatch.ProbeSample(
                sample.probe(),
                sample.atMillis(),
                sample.elapsedMicros(),
                switch (sample.outcome()) {
                    case OK -> IntervalBatch.ProbeOutcome.OK;
                    case FAILED -> IntervalBatch.ProbeOutcome.FAILED;
                    case TIMEOUT -> IntervalBatch.ProbeOutcome.TIMEOUT;
                },
                sample.values().stream().map(BatchMaker::value).toList(),
                sample.error());
    }

    private static IntervalBatch.ProbeValue value(ProbeValue value) {
        IntervalBatch.ProbeType type = switch (value.field().type()) {
            case NUMBER -> IntervalBatch.ProbeType.NUMBER;
            case BOOLEAN -> IntervalBatch.ProbeType.BOOLEAN;
            case DURATION -> IntervalBatch.ProbeType.DURATION;
        };
        return new IntervalBatch.ProbeValue(value.field().name(), type, value.value());
    }
}
