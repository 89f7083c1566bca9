package io.vikhry.orchestrator;

import org.jspecify.annotations.Nullable;

/** Why an orchestrator could not start, in one line that names the thing and the remedy. */
public final class OrchestratorException extends RuntimeException {
    public OrchestratorException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
