package io.vikhry.cluster;

import java.util.List;

/** The workers of the cluster: each is in it as long as it renews its lease. */
public interface Leases {
    /** How long a lease lasts without a renewal, in ms. */
    long TTL_MILLIS = 5_000;

    /** How long before the end of its lease a worker must stop sending, in ms. */
    long MARGIN_MILLIS = 500;

    /** How long a worker whose lease ran out stays listed, in ms. */
    long KEEP_MILLIS = 60_000;

    /**
     * Joins the cluster under a name: a lease with a fence higher than all before.
     *
     * @param first what the worker says of itself until its first renewal; its fence is ignored
     * @throws WorkerIdTakenException while another process holds a lease of that name
     */
    WorkerLease join(WorkerStatus first);

    /** All workers that are in the cluster or left it by letting their lease run out less than 60 s ago, by id. */
    List<WorkerView> workers();
}
