package io.vikhry.cluster;

/** Another process is in the cluster under that worker id. */
public final class WorkerIdTakenException extends ClusterException {
    private static final long serialVersionUID = 1L;

    private final long remainingMillis;

    WorkerIdTakenException(String message, long remainingMillis) {
        super(message);
        this.remainingMillis = remainingMillis;
    }

    /** When the other lease runs out unless it is renewed, in ms. */
    public long remainingMillis() {
        return remainingMillis;
    }
}
