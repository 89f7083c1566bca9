package io.vikhry.cluster;

import io.vikhry.cluster.IntervalBatch.Arrivals;
import io.vikhry.cluster.IntervalBatch.ErrorSample;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.Phase;
import io.vikhry.cluster.IntervalBatch.PhaseSum;
import io.vikhry.cluster.IntervalBatch.ProbeOutcome;
import io.vikhry.cluster.IntervalBatch.ProbeSample;
import io.vikhry.cluster.IntervalBatch.ProbeType;
import io.vikhry.cluster.IntervalBatch.ProbeValue;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import io.vikhry.cluster.IntervalBatch.Vitals;
import io.vikhry.cluster.WorkerStatus.Condition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Batches as bytes: {@code 'V' 'B' version}, then the fields in the order of the records. Numbers are LEB128, signed ones
 * zigzag; a text is written once and referred to by its number when it comes again. Whatever is decoded keeps the limits below,
 * so no input makes the reader allocate more than a few times its own size, and all bad input ends in a
 * {@link MalformedBatchException}.
 */
final class BatchCodec {
    static final int MAX_BYTES = 16 << 20;
    static final int MAX_SERIES = 10_000;
    static final int MAX_CODES = 1_000;
    static final int MAX_ERRORS = 100;
    static final int MAX_PROBES = 5_000;
    static final int MAX_VALUES = 100;
    static final int MAX_TEXT = 16_384;
    static final int MAX_HISTOGRAM = 1 << 20;

    private static final int VERSION = 5;
    private static final Kind[] KINDS = Kind.values();
    private static final Phase[] PHASES = Phase.values();
    private static final ProbeOutcome[] OUTCOMES = ProbeOutcome.values();
    private static final ProbeType[] TYPES = ProbeType.values();
    private static final int MAX_REASONS = 32;
    private static final Condition[] CONDITIONS = Condition.values();

    private BatchCodec() {}

    static byte[] encode(IntervalBatch batch) {
        WireWriter out = new WireWriter(512 + 512 * batch.series().size());
        out.raw('V');
        out.raw('B');
        out.raw(VERSION);
        out.text(batch.runId());
        out.text(batch.workerId());
        out.number(batch.fence());
        out.number(batch.seq());
        out.number(batch.secondMillis());
        out.number(batch.activeVus());
        out.number(batch.last() ? 1 : 0);
        Arrivals arrivals = batch.arrivals();
        out.number(arrivals == null ? 0 : 1);
        if (arrivals != null) {
            out.number(arrivals.intended());
            out.number(arrivals.started());
            out.number(arrivals.completed());
        }
        write(out, batch.vitals());
        out.number(batch.series().size());
        for (SeriesDelta series : batch.series()) {
            out.number(series.kind().ordinal());
            out.text(series.step());
            out.text(series.name());
            out.number(series.count());
            out.number(series.failures());
            out.number(series.codes().size());
            series.codes().forEach((code, count) -> {
                out.text(code);
                out.signed(count);
            });
            out.number(series.bytesSent());
            out.number(series.bytesReceived());
            out.bytes(series.response());
            out.bytes(series.service());
            out.number(series.phases().size());
            for (PhaseSum phase : series.phases()) {
                out.number(phase.phase().ordinal());
                out.number(phase.count());
                out.number(phase.sumNanos());
                out.number(phase.maxNanos());
            }
        }
        out.number(batch.errors().size());
        for (ErrorSample error : batch.errors()) {
            out.text(error.series());
            out.text(error.step());
            out.text(error.code());
            out.text(error.message());
            out.text(error.detail());
            out.number(error.count());
        }
        out.number(batch.probes().size());
        for (ProbeSample probe : batch.probes()) {
            out.text(probe.probe());
            out.number(probe.atMillis());
            out.number(probe.elapsedMicros());
            out.number(probe.outcome().ordinal());
            out.number(probe.values().size());
            for (ProbeValue value : probe.values()) {
                out.text(value.name());
                out.number(value.type().ordinal());
                out.real(value.value());
            }
            out.text(probe.error());
        }
        byte[] bytes = out.toByteArray();
        if (bytes.length > MAX_BYTES) {
            throw new ClusterException("a metrics batch has " + (bytes.length >> 20) + " MiB: " + (MAX_BYTES >> 20)
                    + " MiB is the most; use fewer series");
        }
        return bytes;
    }

    static IntervalBatch decode(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new MalformedBatchException("batch of " + bytes.length + " bytes: " + MAX_BYTES + " is the most");
        }
        WireReader in = new WireReader(bytes);
        if (in.raw() != 'V' || in.raw() != 'B') {
            throw new MalformedBatchException("no batch: it does not begin with VB");
        }
        int version = in.raw();
        if (version != VERSION) {
            throw new MalformedBatchException("batch of format " + version + ": this vikhry reads " + VERSION);
        }
        String runId = in.text("run", MAX_TEXT);
        String workerId = in.text("worker", MAX_TEXT);
        long fence = in.number("fence");
        long seq = in.number("seq");
        long second = in.number("second");
        int active = in.atMost("active users", Integer.MAX_VALUE);
        boolean last = in.atMost("last", 1) == 1;
        Arrivals arrivals = in.atMost("arrivals", 1) == 0
                ? null
                : new Arrivals(
                        in.number("intended arrivals"), in.number("started arrivals"), in.number("completed arrivals"));
        Vitals vitals = in.atMost("vitals", 1) == 0 ? null : vitals(in);
        if (seq < 1) {
            throw new MalformedBatchException("seq 0: batches are numbered from 1");
        }
        if (second % 1000 != 0) {
            throw new MalformedBatchException("second " + second + " does not begin at a full second");
        }
        int seriesCount = in.atMost("series", MAX_SERIES);
        List<SeriesDelta> series = new ArrayList<>(Math.min(seriesCount, in.remaining()));
        for (int i = 0; i < seriesCount; i++) {
            series.add(series(in));
        }
        int errorCount = in.atMost("errors", MAX_ERRORS);
        List<ErrorSample> errors = new ArrayList<>(Math.min(errorCount, in.remaining()));
        for (int i = 0; i < errorCount; i++) {
            errors.add(new ErrorSample(
                    in.text("error series", MAX_TEXT),
                    in.text("error step", MAX_TEXT),
                    in.text("error code", MAX_TEXT),
                    in.text("error message", MAX_TEXT),
                    in.text("error detail", MAX_TEXT),
                    in.number("error count")));
        }
        int probeCount = in.atMost("probes", MAX_PROBES);
        List<ProbeSample> probes = new ArrayList<>(Math.min(probeCount, in.remaining()));
        for (int i = 0; i < probeCount; i++) {
            probes.add(probe(in));
        }
        if (in.remaining() > 0) {
            throw new MalformedBatchException(in.remaining() + " bytes follow the batch");
        }
        return new IntervalBatch(
                runId, workerId, fence, seq, second, active, last, series, errors, arrivals, probes, vitals);
    }

    private static ProbeSample probe(WireReader in) {
        String name = in.text("probe", MAX_TEXT);
        long at = in.number("probe time");
        long elapsed = in.number("probe's elapsed time");
        ProbeOutcome outcome = OUTCOMES[in.atMost("outcome", OUTCOMES.length - 1)];
        int count = in.atMost("values", MAX_VALUES);
        List<ProbeValue> values = new ArrayList<>(Math.min(count, in.remaining()));
        for (int i = 0; i < count; i++) {
            values.add(new ProbeValue(
                    in.text("value's name", MAX_TEXT),
                    TYPES[in.atMost("value's type", TYPES.length - 1)],
                    in.real("value")));
        }
        return new ProbeSample(name, at, elapsed, outcome, values, in.text("probe's error", MAX_TEXT));
    }

    private static void write(WireWriter out, @Nullable Vitals vitals) {
        out.number(vitals == null ? 0 : 1);
        if (vitals == null) {
            return;
        }
        out.number(vitals.condition().ordinal());
        out.number(vitals.reasons().size());
        vitals.reasons().forEach(out::text);
        out.number(vitals.parked() ? 1 : 0);
        out.number(vitals.fallback() ? 1 : 0);
        out.number(vitals.startedVus());
        out.number(vitals.failedVus());
        out.number(vitals.quitVus());
        out.number(vitals.heldRequests());
        out.number(vitals.heldMillis());
        out.signed(vitals.clockOffsetMicros());
    }

    private static Vitals vitals(WireReader in) {
        Condition condition = CONDITIONS[in.atMost("condition", CONDITIONS.length - 1)];
        int count = in.atMost("reasons", MAX_REASONS);
        List<String> reasons = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            reasons.add(in.text("reason", MAX_TEXT));
        }
        return new Vitals(
                condition,
                reasons,
                in.atMost("parked", 1) == 1,
                in.atMost("fallback", 1) == 1,
                in.number("started users"),
                in.number("failed users"),
                in.number("users that quit"),
                in.number("held requests"),
                in.number("held ms"),
                in.signed("clock offset"));
    }

    private static SeriesDelta series(WireReader in) {
        Kind kind = KINDS[in.atMost("kind", KINDS.length - 1)];
        String step = in.text("step", MAX_TEXT);
        String name = in.text("name", MAX_TEXT);
        long count = in.number("count");
        long failures = in.number("failures");
        int codeCount = in.atMost("codes", MAX_CODES);
        Map<String, Long> codes = LinkedHashMap.newLinkedHashMap(Math.min(codeCount, in.remaining()));
        long sum = 0;
        for (int i = 0; i < codeCount; i++) {
            String code = in.text("code", MAX_TEXT);
            long samples = in.signed("code count");
            if (codes.put(code, samples) != null) {
                throw new MalformedBatchException("code " + code + " of " + name + " comes twice");
            }
            sum += samples;
        }
        if (sum != count) {
            throw new MalformedBatchException("codes of " + name + " add up to " + sum + ", not to its count " + count);
        }
        return new SeriesDelta(
                kind,
                step,
                name,
                count,
                failures,
                codes,
                in.number("bytes sent"),
                in.number("bytes received"),
                in.bytes("response histogram", MAX_HISTOGRAM),
                in.bytes("service histogram", MAX_HISTOGRAM),
                phases(in));
    }

    private static List<PhaseSum> phases(WireReader in) {
        int count = in.atMost("phases", PHASES.length);
        List<PhaseSum> phases = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            phases.add(new PhaseSum(
                    PHASES[in.atMost("phase", PHASES.length - 1)],
                    in.number("requests in a phase"),
                    in.number("time of a phase"),
                    in.number("longest of a phase")));
        }
        return phases;
    }
}
