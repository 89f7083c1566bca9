package io.vikhry.api;

/** A response was not what the scenario expected. The request counts as failed under {@code CHECK_…}. */
public class CheckFailedException extends VikhryException {
    private static final long serialVersionUID = 1L;

    /** Names the request, what was expected, and what came. */
    public CheckFailedException(String message) {
        super(message);
    }
}
