package io.vikhry.worker;

import java.time.Duration;
import java.util.Optional;

/**
 * A worker of a cluster: runs the users that the cluster's assignments give it, on an engine of its own, until it is closed. It
 * can share its JVM with an orchestrator.
 */
public final class Worker implements AutoCloseable {
    private Worker() {}

    /**
     * Starts the engine and joins the cluster. If another process holds the worker id, waits for its lease to run out.
     *
     * @throws io.vikhry.cluster.ClusterException if Redis does not answer or the worker id stays taken
     */
    public static Worker start(WorkerOptions options) {
        throw new UnsupportedOperationException(options.workerId());
    }

    /** Its name in the cluster. */
    public String workerId() {
        throw new UnsupportedOperationException();
    }

    /** Waits until it is in the cluster, with the announced scenario loaded if there is one; false if {@code timeout} came first. */
    public boolean awaitReady(Duration timeout) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    /** Why it cannot work, in one line: the announced scenario does not load, or Redis is gone; empty if it can. */
    public Optional<String> error() {
        throw new UnsupportedOperationException();
    }

    /** Leaves: ends its users, each after its current step, sends the last batches, gives up its lease and closes its engine. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
