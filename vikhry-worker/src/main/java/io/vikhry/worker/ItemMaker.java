package io.vikhry.worker;

import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.Orders;
import io.vikhry.cluster.PoolWork;
import io.vikhry.cluster.WorkerLease;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ParamException;
import io.vikhry.runtime.scenario.ResourceFactories;
import io.vikhry.runtime.scenario.ScenarioException;
import io.vikhry.runtime.vu.Fence;
import io.vikhry.runtime.vu.Leash;
import io.vikhry.runtime.vu.Throttle;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes items of the scenario's pools, whether a run is on or not: takes as many orders as it has hands, so that they spread over
 * the workers, and tells the cluster what came of each. One thread takes, and looks once a second while there is nothing to do;
 * each item has a virtual thread.
 */
final class ItemMaker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ItemMaker.class);
    private static final int HANDS = 16;
    private static final long LOOK_MILLIS = 200;
    private static final long IDLE_LOOK_MILLIS = 1000;

    private final Orders orders;
    private final WorkerLease lease;
    private final LoadedScenario scenario;
    private final Supplier<Terms> terms;
    private final Fence fence;
    private final Engine engine;
    private final Duration timeout;
    private final Runnable changed;
    private final Semaphore hands = new Semaphore(HANDS);
    private final AtomicInteger busy = new AtomicInteger();
    private final Set<PoolWork> making = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Boolean> news = new ArrayBlockingQueue<>(1);
    private volatile @Nullable Bench bench;
    private volatile boolean closed;

    /**
     * What factories have to keep to.
     *
     * @param runId the run that this worker works for, or {@code null}
     * @param leash what that forbids
     */
    record Terms(@Nullable String runId, Leash leash) {
        static final Terms NONE = new Terms(null, Leash.NONE);
    }

    /**
     * Begins at once.
     *
     * @param terms on which items are made now
     * @param fence stands before all that is sent
     * @param changed is called when it becomes busy or idle
     */
    ItemMaker(
            Orders orders,
            WorkerLease lease,
            LoadedScenario scenario,
            Supplier<Terms> terms,
            Fence fence,
            Engine engine,
            Duration timeout,
            Runnable changed) {
        this.orders = orders;
        this.lease = lease;
        this.scenario = scenario;
        this.terms = terms;
        this.fence = fence;
        this.engine = engine;
        this.timeout = timeout;
        this.changed = changed;
        Thread.ofVirtual().name("vikhry-items").start(this::run);
    }

    /** There may be orders. */
    void look() {
        news.offer(true);
    }

    /** Cuts the requests that factories have in flight. */
    void cut() {
        Bench present = bench;
        if (present != null) {
            present.factories.cut();
        }
    }

    /** Whether it is making an item now. */
    boolean busy() {
        return busy.get() > 0;
    }

    boolean isFor(WorkerLease otherLease, LoadedScenario otherScenario) {
        return lease == otherLease && scenario == otherScenario;
    }

    private void run() {
        boolean failing = false;
        long pauseMillis = LOOK_MILLIS;
        while (!closed) {
            try {
                if (!maySend()) {
                    // What it took would wait here for its turn until its time is over, while others could make it.
                    news.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                    continue;
                }
                hands.acquire();
                int free = 1 + hands.drainPermits();
                int taken = 0;
                try {
                    if (failing) {
                        // Redis may have heard what it did not answer.
                        orders.untake(lease.workerId(), lease.fence(), making);
                    }
                    List<PoolWork> work = orders.take(
                            scenario.pools(),
                            scenario.bundle().digest(),
                            lease.workerId(),
                            lease.fence(),
                            terms.get().runId(),
                            free);
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
                    boolean told = news.poll(pauseMillis, TimeUnit.MILLISECONDS) != null;
                    pauseMillis = told ? LOOK_MILLIS : Math.min(pauseMillis + LOOK_MILLIS / 2, IDLE_LOOK_MILLIS);
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Whether requests may go out at all: a worker that came late has no part of the run's limit before it is dealt one. */
    private boolean maySend() {
        Throttle throttle = terms.get().leash().throttle();
        return fence.isOpen() && (throttle == null || throttle.open());
    }

    private void begin(PoolWork work) {
        making.add(work);
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
                making.remove(work);
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
            json = factories(work.params()).create(work.pool(), work.id(), timeout);
            if (json.length() > Orders.MAX_VALUE) {
                String why =
                        "the item has " + json.length() + " characters of JSON: " + Orders.MAX_VALUE + " is the most";
                tell(() -> orders.failed(lease.workerId(), lease.fence(), work, why));
                return;
            }
        } catch (ScenarioException | ParamException e) {
            LOG.warn("Attempt {} of {}: {}", work.attempt(), Orders.ATTEMPTS, e.getMessage());
            tell(() -> orders.failed(lease.workerId(), lease.fence(), work, Lines.first(e)));
            return;
        }
        tell(() -> orders.made(lease.workerId(), lease.fence(), work, json));
    }

    /** The factories with the parameters that the order asks for; mostly the same as last time. */
    private ResourceFactories factories(Map<String, String> params) {
        Bench last = bench;
        Leash now = terms.get().leash();
        if (last == null || !last.params.equals(params) || last.leash != now) {
            last = new Bench(
                    params,
                    now,
                    new ResourceFactories(
                            scenario,
                            scenario.params().parse(params),
                            engine,
                            now.hosts(),
                            loop -> now.gate(loop, fence)));
            bench = last;
        }
        return last.factories;
    }

    private record Bench(Map<String, String> params, Leash leash, ResourceFactories factories) {}

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
