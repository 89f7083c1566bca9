package io.vikhry.cluster;

/**
 * Who holds an item of a pool.
 *
 * @param runId the run
 * @param workerId the worker
 * @param fence the fence of the worker's lease
 * @param vu the user's number
 */
public record Holder(String runId, String workerId, long fence, long vu) {
    /** The part that all users of a worker's lease in a run share. */
    String lease() {
        return runId + "|" + workerId + "|" + fence;
    }

    /** The reverse of {@code lease() + "|" + vu}. */
    static Holder parse(String text) {
        String[] parts = text.split("\\|");
        return new Holder(parts[0], parts[1], Long.parseLong(parts[2]), Long.parseLong(parts[3]));
    }
}
