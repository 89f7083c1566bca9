package io.vikhry.cluster;

import io.vikhry.api.VikhryException;
import org.jspecify.annotations.Nullable;

/** The cluster's Redis could not do what was asked: one line that names the thing and the remedy, never a password. */
public class ClusterException extends VikhryException {
    private static final long serialVersionUID = 1L;

    /** An exception without a cause. */
    public ClusterException(String message) {
        super(message);
    }

    /** An exception that explains {@code cause}. */
    public ClusterException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
