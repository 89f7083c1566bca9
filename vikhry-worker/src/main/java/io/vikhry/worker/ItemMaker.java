package io.vikhry.worker;

import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.PoolWork;
import io.vikhry.cluster.Pools;
import io.vikhry.cluster.WorkerLease;
import io.vikhry.runtime.scenario.ResourceFactories;
import io.vikhry.runtime.scenario.ScenarioException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes items of the scenario's pools: takes as many orders as it has hands, so that they spread over the workers, and tells the
 * cluster what came of each. One thread takes, and looks less often while there is nothing to do; each item has a virtual thread.
 */
final class ItemMaker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ItemMaker.class);
    private static final int HANDS = 16;
    private static final long LOOK_MILLIS = 200;
    private static final long IDLE_LOOK_MILLIS = 1000;

    private final Pools pools;
    private final WorkerLease lease;
    private final ResourceFactories factories;
    private final Duration timeout;
    private final Runnable changed;
    private final Semaphore hands = new Semaphore(HANDS);
    private final AtomicInteger busy = new AtomicInteger();
    private volatile boolean closed;

    /** Begins at once; {@code changed} is called when it becomes busy or idle. */
    ItemMaker(Pools pools, WorkerLease lease, ResourceFactories factories, Duration timeout, Runnable changed) {
        this.pools = pools;
        this.lease = lease;
        this.factories = factories;
        this.timeout = timeout;
        this.changed = changed;
        Thread.ofVirtual().name("vikhry-items").start(this::run);
    }

    /** Whether it is making an item now. */
    boolean busy() {
        return busy.get() > 0;
    }

    boolean isFor(WorkerLease other) {
        return lease == other;
    }

    private void run() {
        boolean failing = false;
        long pauseMillis = LOOK_MILLIS;
        while (!closed) {
            try {
                hands.acquire();
                int free = 1 + hands.drainPermits();
                int taken = 0;
                try {
                    List<PoolWork> work = pools.take(factories.pools(), lease.workerId(), lease.fence(), free);
                    taken = work.size();
                    work.forEach(this::begin);
                    failing = false;
                } catch (ClusterException e) {
                    if (!failing) {
                        LOG.warn("No orders for items: {}", e.getMessage());
                    }
                    failing = true;
                } finally {
                    hands.release(free - taken);
                }
                if (taken > 0) {
                    pauseMillis = LOOK_MILLIS;
                } else {
                    TimeUnit.MILLISECONDS.sleep(pauseMillis);
                    pauseMillis = Math.min(pauseMillis + LOOK_MILLIS / 2, IDLE_LOOK_MILLIS);
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void begin(PoolWork work) {
        if (busy.getAndIncrement() == 0) {
            changed.run();
        }
        Thread.ofVirtual().name("vikhry-item-" + work.pool() + "-" + work.id()).start(() -> {
            try {
                make(work);
            } catch (InterruptedException e) {
                // Only a JVM that ends interrupts; the order goes back when the lease runs out.
                Thread.currentThread().interrupt();
            } finally {
                hands.release();
                if (busy.decrementAndGet() == 0) {
                    changed.run();
                }
            }
        });
    }

    private void make(PoolWork work) throws InterruptedException {
        String json;
        try {
            json = factories.create(work.pool(), work.id(), timeout);
            if (json.length() > Pools.MAX_VALUE) {
                String why =
                        "the item has " + json.length() + " characters of JSON: " + Pools.MAX_VALUE + " is the most";
                tell(() -> pools.failed(lease.workerId(), lease.fence(), work, why));
                return;
            }
        } catch (ScenarioException e) {
            LOG.warn("Attempt {} of {}: {}", work.attempt(), Pools.ATTEMPTS, e.getMessage());
            tell(() -> pools.failed(lease.workerId(), lease.fence(), work, Lines.first(e)));
            return;
        }
        tell(() -> pools.made(lease.workerId(), lease.fence(), work, json));
    }

    /** Says it until Redis has heard it, or the lease is over: an order that nobody answers would hold up the run. */
    private void tell(Runnable outcome) throws InterruptedException {
        while (true) {
            try {
                outcome.run();
                return;
            } catch (ClusterException e) {
                if (lease.deadlineNanos() - System.nanoTime() < 0) {
                    LOG.warn("An item is lost with the lease: {}", e.getMessage());
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        }
    }

    /** Takes no more orders; those under way are finished, each within its timeout. */
    @Override
    public void close() {
        closed = true;
    }
}
