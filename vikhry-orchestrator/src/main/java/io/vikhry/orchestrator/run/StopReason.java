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
    ABORTED,
    /** Someone pulled the kill switch. */
    KILLED,
    /** Its workers had no orchestrator for too long and ended it themselves. */
    ORPHANED;

    /** As it is written: {@code requested}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
