package io.vikhry.orchestrator.metrics;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.vikhry.cluster.IntervalBatch.Kind;

/** The numbers of one series. */
public record Row(
        Kind kind, String step, String name, @JsonUnwrapped Totals totals) {}
