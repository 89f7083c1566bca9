package io.vikhry.cluster;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one worker measured in one second of cluster time: the unit of the metrics stream. The batches of a worker process in a
 * run are numbered without gaps from 1, so that a repeated one is recognised and a lost one is counted: {@link BatchOrigin}.
 *
 * @param runId the run
 * @param workerId the worker
 * @param fence the fence of the lease under which the worker's first batch of the run was made
 * @param seq 1 and up
 * @param secondMillis start of the second, cluster time in ms since 1970, a multiple of 1000
 * @param activeVus users at work at the end of the second
 * @param last whether it is the worker's last of this run
 * @param series what was recorded, by series; without those that had no sample
 * @param errors samples of errors: one per distinct message, at most 20 a second
 * @param arrivals of the open model, or {@code null} in the closed one
 * @param probes what the scenario's probes saw, if this worker runs them
 * @param vitals how the generator was in the second, or {@code null} if it did not say
 */
public record IntervalBatch(
        String runId,
        String workerId,
        long fence,
        long seq,
        long secondMillis,
        int activeVus,
        boolean last,
        List<SeriesDelta> series,
        List<ErrorSample> errors,
        @Nullable Arrivals arrivals,
        List<ProbeSample> probes,
        @Nullable Vitals vitals) {

    /** The longest encoded batch, in bytes. */
    public static final int MAX_BYTES = BatchCodec.MAX_BYTES;

    /** The batch as bytes, as it travels and as it is kept. */
    public byte[] encoded() {
        return BatchCodec.encode(this);
    }

    /**
     * The reverse of {@link #encoded}.
     *
     * @throws MalformedBatchException if these bytes are no batch
     */
    public static IntervalBatch decoded(byte[] bytes) {
        return BatchCodec.decode(bytes);
    }

    /** A batch of the closed model, without probes, that says nothing of its generator. */
    public IntervalBatch(
            String runId,
            String workerId,
            long fence,
            long seq,
            long secondMillis,
            int activeVus,
            boolean last,
            List<SeriesDelta> series,
            List<ErrorSample> errors) {
        this(runId, workerId, fence, seq, secondMillis, activeVus, last, series, errors, null, List.of(), null);
    }

    /** A batch that says nothing of its generator. */
    public IntervalBatch(
            String runId,
            String workerId,
            long fence,
            long seq,
            long secondMillis,
            int activeVus,
            boolean last,
            List<SeriesDelta> series,
            List<ErrorSample> errors,
            @Nullable Arrivals arrivals,
            List<ProbeSample> probes) {
        this(runId, workerId, fence, seq, secondMillis, activeVus, last, series, errors, arrivals, probes, null);
    }

    public IntervalBatch {
        series = List.copyOf(series);
        errors = List.copyOf(errors);
        // A log that was written before there were probes has none.
        probes = probes == null ? List.of() : List.copyOf(probes);
    }

    /** What a series counts. */
    public enum Kind {
        /** HTTP requests: what totals, rates and error rates of a run count. */
        REQUEST,
        /** Executions of a step. */
        STEP,
        /** Flows of the scenario. */
        FLOW,
        /** The scenario's own metrics. */
        CUSTOM,
        /** Users' {@code onInit}, {@code onStart} and {@code onStop}. */
        LIFECYCLE,
        /** How long users waited for an item of a pool, or for each other. */
        WAIT
    }

    /**
     * The samples of one series in the second.
     *
     * @param kind what it counts
     * @param step the step in which it happened; empty outside steps, and for steps themselves
     * @param name the series' name: {@code GET /catalog}
     * @param count samples
     * @param failures samples that failed, 0 or more; those of an earlier second that a check failed now included
     * @param codes samples by result code: {@code 200}, {@code 503}, {@code TIMEOUT}, {@code OK}, {@code CHECK_STATUS}; adds up
     *     to {@code count}; negative where a check moved a sample of an earlier second to another code
     * @param bytesSent bytes sent, heads included
     * @param bytesReceived bytes received, heads included
     * @param response response times (from the intended start) in µs: an HdrHistogram with 3
     *     digits from 1 µs in its V2 encoding, compressed or not
     * @param service service times (from the actual start) in µs, in the same encoding; empty if equal to {@code response}
     * @param phases where the service times went, each phase once at most; empty where none was measured
     */
    public record SeriesDelta(
            Kind kind,
            String step,
            String name,
            long count,
            long failures,
            Map<String, Long> codes,
            long bytesSent,
            long bytesReceived,
            byte[] response,
            byte[] service,
            List<PhaseSum> phases) {
        /** A series without phases. */
        public SeriesDelta(
                Kind kind,
                String step,
                String name,
                long count,
                long failures,
                Map<String, Long> codes,
                long bytesSent,
                long bytesReceived,
                byte[] response,
                byte[] service) {
            this(kind, step, name, count, failures, codes, bytesSent, bytesReceived, response, service, List.of());
        }

        public SeriesDelta {
            codes = Map.copyOf(codes);
            // A log that was written before there were phases has none.
            phases = phases == null ? List.of() : List.copyOf(phases);
        }
    }

    /**
     * What one phase took the requests of a series in the second.
     *
     * @param phase the phase
     * @param count requests that went through it
     * @param sumNanos what it took them together
     * @param maxNanos the longest
     */
    public record PhaseSum(Phase phase, long count, long sumNanos, long maxNanos) {}

    /** A part of a request's service time; the parts follow each other. */
    public enum Phase {
        /** Waiting for a connection or a stream of one. */
        BLOCKED,
        /** Looking the name up. */
        DNS,
        /** Connecting. */
        CONNECT,
        /** The TLS handshake. */
        TLS,
        /** Until the system has taken the request's last byte. */
        SEND,
        /** From there to the first byte of the response. */
        WAIT,
        /** From there to its last byte. */
        RECEIVE;

        /** Its name for people and APIs: {@code connect}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One distinct error of the second.
     *
     * @param series the series' name
     * @param step the step, or empty
     * @param code the result code
     * @param message what happened, one line, at most 300 characters
     * @param detail the stack trace or empty, at most 4,000 characters
     * @param count how often in this second
     */
    public record ErrorSample(String series, String step, String code, String message, String detail, long count) {}

    /**
     * Arrivals at the worker from the begin of the run to the end of the second: sums, so that a lost batch loses none.
     *
     * @param intended whose time had come
     * @param started that a user had begun to serve
     * @param completed that were served
     */
    public record Arrivals(long intended, long started, long completed) {}

    /**
     * One call of a probe.
     *
     * @param probe the probe's name
     * @param atMillis when it began, cluster time in ms since 1970
     * @param elapsedMicros how long it took
     * @param outcome how it ended
     * @param values what it saw; none if it failed or returns nothing
     * @param error why it failed, one line, at most 300 characters; else empty
     */
    public record ProbeSample(
            String probe,
            long atMillis,
            long elapsedMicros,
            ProbeOutcome outcome,
            List<ProbeValue> values,
            String error) {
        public ProbeSample {
            values = List.copyOf(values);
        }
    }

    /** How a call of a probe ended. */
    public enum ProbeOutcome {
        /** It returned. */
        OK,
        /** It threw, or returned what is no value. */
        FAILED,
        /** It was cut off by its timeout. */
        TIMEOUT
    }

    /**
     * A value that a probe saw.
     *
     * @param name a component of the record that the probe returns, or {@code value}
     * @param type what it means
     * @param value finite; 1 and 0 for true and false, ms for a duration
     */
    public record ProbeValue(String name, ProbeType type, double value) {}

    /** What a probe's value means. */
    public enum ProbeType {
        /** A number without a unit. */
        NUMBER,
        /** Yes or no. */
        BOOLEAN,
        /** A time, in ms. */
        DURATION
    }

    /**
     * How the generator was in the second, and what it had come to by its end. Counts are sums from the begin of the run.
     *
     * @param condition whether its measurements can be believed
     * @param reasons what was not in order, the worst first
     * @param parked whether its users stood still because it had no lease
     * @param fallback whether its users run on the fallback scheduler
     * @param startedVus users started
     * @param failedVus users that ended by an exception before their first step
     * @param quitVus users that the scenario itself ended
     * @param heldRequests requests that the run's limit of requests per second held back
     * @param heldMillis for how long, added up
     * @param clockOffsetMicros cluster time minus the machine's time
     */
    public record Vitals(
            WorkerStatus.Condition condition,
            List<String> reasons,
            boolean parked,
            boolean fallback,
            long startedVus,
            long failedVus,
            long quitVus,
            long heldRequests,
            long heldMillis,
            long clockOffsetMicros) {
        public Vitals {
            reasons = List.copyOf(reasons);
        }
    }
}
