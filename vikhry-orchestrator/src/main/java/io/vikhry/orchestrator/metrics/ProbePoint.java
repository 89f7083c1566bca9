package io.vikhry.orchestrator.metrics;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.vikhry.cluster.IntervalBatch.ProbeOutcome;
import io.vikhry.cluster.IntervalBatch.ProbeSample;
import io.vikhry.cluster.IntervalBatch.ProbeValue;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call of a probe.
 *
 * @param t when it began, ms since 1970
 * @param ok whether it returned
 * @param ms how long it took
 * @param values what it saw, by name; empty if it failed or returns nothing
 * @param error why it failed, or {@code null}
 */
public record ProbePoint(
        long t,
        boolean ok,
        double ms,
        Map<String, Double> values,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String error) {

    static ProbePoint of(ProbeSample sample) {
        Map<String, Double> values = new LinkedHashMap<>();
        for (ProbeValue value : sample.values()) {
            values.put(value.name(), value.value());
        }
        boolean ok = sample.outcome() == ProbeOutcome.OK;
        return new ProbePoint(
                sample.atMillis(), ok, sample.elapsedMicros() / 1000.0, values, ok ? null : sample.error());
    }
}
