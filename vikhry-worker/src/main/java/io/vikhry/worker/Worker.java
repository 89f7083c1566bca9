package io.vikhry.worker;

import io.vikhry.cluster.Cluster;
import io.vikhry.runtime.engine.Engine;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker of a cluster: runs the users that the cluster's assignments give it, on an engine of its own, until it is closed. It
 * can share its JVM with an orchestrator.
 */
public final class Worker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final WorkerOptions options;
    private final Cluster cluster;
    private final Engine engine;
    private final Membership membership;

    private Worker(WorkerOptions options, Cluster cluster, Engine engine) {
        this.options = options;
        this.cluster = cluster;
        this.engine = engine;
        this.membership = new Membership(options, cluster, engine);
    }

    /**
     * Starts the engine and joins the cluster. If another process holds the worker id, waits for its lease to run out.
     *
     * @throws io.vikhry.cluster.ClusterException if Redis does not answer or the worker id stays taken
     */
    public static Worker start(WorkerOptions options) {
        Cluster cluster = Cluster.connect(options.redisUrl(), options.cluster());
        Engine engine = null;
        try {
            engine = Engine.start(options.engine());
            Worker worker = new Worker(options, cluster, engine);
            worker.membership.begin();
            LOG.info("Worker {} is in cluster {} ({})", options.workerId(), options.cluster(), engine.describe());
            return worker;
        } catch (RuntimeException e) {
            if (engine != null) {
                engine.close();
            }
            cluster.close();
            throw e;
        }
    }

    /** Its name in the cluster. */
    public String workerId() {
        return options.workerId();
    }

    /**
     * Waits until it is in the cluster, with the announced scenario loaded if there is one; false if {@code timeout} came first,
     * or at once if that scenario cannot be loaded.
     */
    public boolean awaitReady(Duration timeout) throws InterruptedException {
        return membership.awaitReady(timeout);
    }

    /** Why it cannot work, in one line: the announced scenario does not load, or Redis is gone; empty if it can. */
    public Optional<String> error() {
        return membership.error();
    }

    /**
     * Leaves: ends its users, each after its current step and within 10 s, sends the last batches, gives up its lease and closes
     * its engine. A second call does nothing.
     */
    @Override
    public void close() {
        try {
            long bound = DRAIN.plus(options.vus().stopTimeout().multipliedBy(2))
                    .plus(options.vus().interruptGrace())
                    .plusSeconds(20)
                    .toNanos();
            if (!membership.leave(DRAIN, bound)) {
                return;
            }
        } catch (InterruptedException e) {
            LOG.warn("Worker {} leaves in a hurry", options.workerId());
            membership.abort();
            Thread.currentThread().interrupt();
        }
        engine.close();
        cluster.close();
        LOG.info("Worker {} has left", options.workerId());
    }
}
