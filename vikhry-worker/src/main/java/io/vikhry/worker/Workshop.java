package io.vikhry.worker;

import io.vikhry.cluster.Orders;
import io.vikhry.cluster.WorkerLease;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.vu.Fence;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where this worker makes items of pools: one maker for each lease and scenario, behind a fence that is open as long as the lease
 * lasts, and closed for good when it is lost or the run is killed.
 *
 * <p>Only the thread of the {@link Membership} calls, but for {@link #kill}.
 */
final class Workshop {
    private final Orders orders;
    private final Engine engine;
    private final Duration factoryTimeout;
    private final Supplier<ItemMaker.Terms> terms;
    private final Runnable changed;
    private volatile @Nullable ItemMaker maker;
    /** Stands before all that factories send. */
    private volatile Fence fence = Fence.shut();

    /**
     * Makes nothing yet.
     *
     * @param terms what factories have to keep to now
     * @param changed is called by any thread when the cluster should hear of something new
     */
    Workshop(Orders orders, Engine engine, Duration factoryTimeout, Supplier<ItemMaker.Terms> terms, Runnable changed) {
        this.orders = orders;
        this.engine = engine;
        this.factoryTimeout = factoryTimeout;
        this.terms = terms;
        this.changed = changed;
    }

    /** The lease has a new deadline. */
    void renewed(WorkerLease held) {
        fence.renewUntil(held.deadlineNanos());
    }

    /**
     * Makes what is ordered of the scenario's pools; nothing where there is none.
     *
     * @param killed tells whether the run it would be for was killed
     */
    void makeFor(@Nullable LoadedScenario scenario, WorkerLease held, BooleanSupplier killed) {
        if (fence.isClosed() && !killed.getAsBoolean()) {
            close();
            Fence fresh = Fence.shut();
            fresh.renewUntil(held.deadlineNanos());
            fence = fresh;
        }
        if (killed.getAsBoolean()) {
            // Also where that was heard of since.
            fence.close();
        }
        ItemMaker present = maker;
        if (present != null && scenario != null && present.isFor(held, scenario)) {
            present.look();
            return;
        }
        close();
        if (scenario != null && !scenario.pools().isEmpty()) {
            maker = new ItemMaker(orders, held, scenario, terms, fence, engine, factoryTimeout, changed);
        }
    }

    /** Whether it is making an item now. */
    boolean busy() {
        ItemMaker present = maker;
        return present != null && present.busy();
    }

    /** Factories send nothing more, from this moment. Any thread may call. */
    void kill() {
        fence.close();
        ItemMaker present = maker;
        if (present != null) {
            present.cut();
        }
    }

    /** The lease is lost: factories send nothing more, and end. */
    void leaseLost() {
        fence.close();
        close();
    }

    /** Makes nothing more. */
    void close() {
        ItemMaker present = maker;
        if (present != null) {
            present.close();
            maker = null;
        }
    }
}
