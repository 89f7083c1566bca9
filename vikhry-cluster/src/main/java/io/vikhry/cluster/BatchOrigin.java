package io.vikhry.cluster;

/**
 * Names a sequence of batches: a worker process' batches of one run, numbered from 1. A worker that lost its lease and joined
 * again goes on with its sequence; a process that was started again under the same worker id begins another.
 *
 * @param runId the run
 * @param workerId the worker
 * @param fence the fence of the lease under which the sequence began
 */
public record BatchOrigin(String runId, String workerId, long fence) {
    private static final String AHEAD = "/ahead";

    /** No sequence: nothing to be told about. */
    public static final BatchOrigin NONE = new BatchOrigin("", "", 0);

    /** The sequence that {@code batch} belongs to. */
    public static BatchOrigin of(IntervalBatch batch) {
        return new BatchOrigin(batch.runId(), batch.workerId(), batch.fence());
    }

    /** How its cursor is named in Redis. */
    String field() {
        return workerId + "/" + fence;
    }

    /** How that is named which has come of it although something before has not. */
    String aheadField() {
        return field() + AHEAD;
    }

    static boolean isCursor(String field) {
        return !field.endsWith(AHEAD);
    }

    /** The reverse of {@link #field}. */
    static BatchOrigin of(String runId, String field) {
        int slash = field.indexOf('/');
        return new BatchOrigin(runId, field.substring(0, slash), Long.parseLong(field.substring(slash + 1)));
    }
}
