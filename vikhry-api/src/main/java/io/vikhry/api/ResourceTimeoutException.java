package io.vikhry.api;

/** No item of a pool came free in time. */
public class ResourceTimeoutException extends ResourceException {
    private static final long serialVersionUID = 1L;

    /** Names the pool and how long was waited. */
    public ResourceTimeoutException(String message) {
        super(message);
    }
}
