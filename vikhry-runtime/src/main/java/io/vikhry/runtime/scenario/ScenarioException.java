package io.vikhry.runtime.scenario;

import io.vikhry.api.VikhryException;
import org.jspecify.annotations.Nullable;

/** A scenario that cannot be used: its message is one line that names class, member or file, and the remedy. */
public class ScenarioException extends VikhryException {
    private static final long serialVersionUID = 1L;

    private final String details;

    ScenarioException(String message) {
        this(message, "", null);
    }

    /** What another process found wrong with a scenario. */
    public ScenarioException(String message, String details) {
        this(message, details, null);
    }

    ScenarioException(String message, String details, @Nullable Throwable cause) {
        super(message, cause);
        this.details = details;
    }

    /** More lines for those who ask: all compile errors with their source lines; empty if there is no more to say. */
    public String details() {
        return details;
    }
}
