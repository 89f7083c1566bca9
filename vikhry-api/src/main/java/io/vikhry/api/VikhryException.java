package io.vikhry.api;

import org.jspecify.annotations.Nullable;

/** The root of what vikhry throws: unchecked, with a message that says what was wrong and what would be right. */
public class VikhryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An exception without a cause. */
    public VikhryException(String message) {
        super(message);
    }

    /** An exception that explains {@code cause}. */
    public VikhryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
