package io.vikhry.api;

/** What follows when a step fails: by an exception, a failed check, or its timeout. The failure is counted in any case. */
public enum OnError {
    /** The user goes on with its next step. */
    CONTINUE,
    /** The user ends after this step, as by {@link VU#stop}; {@link VU#onStop} runs, and it is not replaced. */
    STOP_USER,
    /** The whole run ends, on all workers: users finish their steps, and the run's result says why it was aborted. */
    ABORT_RUN
}
