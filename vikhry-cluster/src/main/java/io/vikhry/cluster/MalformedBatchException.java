package io.vikhry.cluster;

/** Bytes that are no metrics batch, or one that breaks its own rules; says which and where. */
public final class MalformedBatchException extends ClusterException {
    private static final long serialVersionUID = 1L;

    MalformedBatchException(String message) {
        super(message);
    }
}
