package io.vikhry.cluster;

/**
 * Who holds an item of a pool.
 *
 * @param runId the run
 * @param workerId the worker
 * @param fence the fence of the worker's lease
 * @param vu the user's number
 */
public record Holder(String runId, String workerId, long fence, long vu) {}
