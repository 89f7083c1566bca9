package io.vikhry.runtime.metrics;

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
