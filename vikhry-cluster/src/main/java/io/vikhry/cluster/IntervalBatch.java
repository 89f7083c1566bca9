package io.vikhry.cluster;

import java.util.List;
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
        @Nullable Arrivals arrivals) {

    /** A batch of the closed model. */
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
        this(runId, workerId, fence, seq, secondMillis, activeVus, last, series, errors, null);
    }

    public IntervalBatch {
        series = List.copyOf(series);
        errors = List.copyOf(errors);
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
        LIFECYCLE
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
     * @param response response times (from the intended start) in µs: an HdrHistogram in its V2 compressed encoding
     * @param service service times (from the actual start) in µs, in the same encoding; empty if equal to {@code response}
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
            byte[] service) {
        public SeriesDelta {
            codes = Map.copyOf(codes);
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
}
