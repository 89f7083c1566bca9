package io.vikhry.api;

import org.jspecify.annotations.Nullable;

/** A value that is computed once could not be had, or a barrier did not open in time. */
public class TogetherException extends VikhryException {
    private static final long serialVersionUID = 1L;

    /** Names the value or the barrier and what happened. */
    public TogetherException(String message) {
        super(message);
    }

    /** Names the value or the barrier and what happened. */
    public TogetherException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
