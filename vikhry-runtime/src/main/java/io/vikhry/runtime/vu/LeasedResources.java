package io.vikhry.runtime.vu;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vikhry.api.ResourceException;
import io.vikhry.api.Resources;
import io.vikhry.runtime.engine.Respite;
import io.vikhry.runtime.scenario.LoadedScenario;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What one user holds of the cluster's pools. For the user's threads: steps may run beside one another. */
final class LeasedResources implements Resources {
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(10);

    private final long vuId;
    private final ResourceLeases leases;
    private final LoadedScenario scenario;
    private final Waits waits;
    private final List<Held> held = new CopyOnWriteArrayList<>();

    LeasedResources(long vuId, ResourceLeases leases, LoadedScenario scenario, Waits waits) {
        this.vuId = vuId;
        this.leases = leases;
        this.scenario = scenario;
        this.waits = waits;
    }

    @Override
    public <T> T acquire(String pool, Class<T> type) {
        return acquire(pool, type, DEFAULT_WAIT);
    }

    @Override
    public <T> T acquire(String pool, Class<T> type, Duration timeout) {
        ResourceLeases.Lease lease;
        try {
            lease = waits.time("acquire " + pool, () -> leases.acquire(pool, vuId, timeout));
        } catch (InterruptedException e) {
            Respite.take();
            throw new CancelledException("interrupted while it waited for a resource of pool \"" + pool + "\"");
        }
        T item;
        try {
            item = scenario.json().readValue(lease.payload(), type);
        } catch (JsonProcessingException e) {
            giveBack(lease);
            throw new ResourceException(
                    "item " + lease.id() + " of pool \"" + pool + "\" is no " + type.getSimpleName() + ": "
                            + e.getOriginalMessage(),
                    e);
        }
        if (item == null) {
            giveBack(lease);
            throw new ResourceException(
                    "item " + lease.id() + " of pool \"" + pool + "\" is empty: its factory made null");
        }
        held.add(new Held(item, lease));
        return item;
    }

    @Override
    public void release(Object resource) {
        giveBack(take(resource));
    }

    @Override
    public void releaseFaulty(Object resource, String reason) {
        ResourceLeases.Lease lease = take(resource);
        giveBack(lease, reason, scenario.faults(lease.pool()));
    }

    @Override
    public void quarantine(Object resource, String reason) {
        giveBack(take(resource), reason, 1);
    }

    @Override
    public long leaseNumber(Object resource) {
        return find(resource).lease.number();
    }

    private Held find(Object resource) {
        for (Held candidate : held) {
            if (candidate.item == resource) {
                return candidate;
            }
        }
        throw new ResourceException("this user does not hold that "
                + resource.getClass().getSimpleName() + ": name the object that acquire returned, and release it once");
    }

    /** The lease of what it holds no longer, as far as it knows. */
    private ResourceLeases.Lease take(Object resource) {
        Held found = find(resource);
        // Of two steps side by side only one takes it out; the other does not find it.
        return held.remove(found) ? found.lease : find(resource).lease;
    }

    /** Gives back whatever is still held. */
    void releaseAll() throws InterruptedException {
        held.clear();
        leases.releaseAll(vuId);
    }

    private void giveBack(ResourceLeases.Lease lease) {
        giveBack(lease.pool(), () -> leases.release(lease));
    }

    private void giveBack(ResourceLeases.Lease lease, String reason, int faults) {
        giveBack(lease.pool(), () -> leases.releaseFaulty(lease, reason, faults));
    }

    private static void giveBack(String pool, Return way) {
        try {
            way.go();
        } catch (InterruptedException e) {
            Respite.take();
            throw new CancelledException("interrupted while it gave back a resource of pool \"" + pool + "\"");
        }
    }

    /** One way to give an item back. */
    private interface Return {
        void go() throws InterruptedException;
    }

    /** Known by its identity: the scenario's own {@code equals} must not be asked. */
    private static final class Held {
        final Object item;
        final ResourceLeases.Lease lease;

        Held(Object item, ResourceLeases.Lease lease) {
            this.item = item;
            this.lease = lease;
        }
    }
}
