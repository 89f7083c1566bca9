package io.vikhry.api;

import org.jspecify.annotations.Nullable;

/** A resource could not be had or given back. */
public class ResourceException extends VikhryException {
    private static final long serialVersionUID = 1L;

    /** Names the pool and what happened. */
    public ResourceException(String message) {
        super(message);
    }

    /** Names the pool and what happened. */
    public ResourceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
