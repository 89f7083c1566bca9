package io.vikhry.orchestrator.run;

import java.util.Locale;

/** Why a run ended. */
public enum StopReason {
    /** Someone asked for it. */
    REQUESTED,
    /** Its duration was over. */
    DURATION,
    /** It could not go on. */
    FAILED,
    /** The scenario asked for it: a step failed whose failure ends the run. */
    ABORTED;

    /** As it is written: {@code requested}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
