package io.vikhry.cluster;

import org.jspecify.annotations.Nullable;

/** What Redis holds under a key is not what vikhry writes there; Redis itself answers, and asking again does not help. */
public final class IllegibleException extends ClusterException {
    private static final long serialVersionUID = 1L;

    IllegibleException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
