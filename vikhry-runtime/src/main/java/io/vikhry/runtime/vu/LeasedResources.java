package io.vikhry.runtime.vu;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.api.ResourceException;
import io.vikhry.api.Resources;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What one user holds of the cluster's pools. For the user's threads: steps may run beside one another. */
final class LeasedResources implements Resources {
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(10);

    private final long vuId;
    private final ResourceLeases leases;
    private final ObjectMapper json;
    private final List<Held> held = new CopyOnWriteArrayList<>();

    LeasedResources(long vuId, ResourceLeases leases, ObjectMapper json) {
        this.vuId = vuId;
        this.leases = leases;
        this.json = json;
    }

    @Override
    public <T> T acquire(String pool, Class<T> type) {
        return acquire(pool, type, DEFAULT_WAIT);
    }

    @Override
    public <T> T acquire(String pool, Class<T> type, Duration timeout) {
        ResourceLeases.Lease lease;
        try {
            lease = leases.acquire(pool, vuId, timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException("interrupted while it waited for a resource of pool \"" + pool + "\"");
        }
        T item;
        try {
            item = json.readValue(lease.payload(), type);
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
        for (Held candidate : held) {
            if (candidate.item == resource && held.remove(candidate)) {
                giveBack(candidate.lease);
                return;
            }
        }
        throw new ResourceException("this user does not hold that "
                + resource.getClass().getSimpleName() + ": release the object that acquire returned, once");
    }

    /** Gives back whatever is still held. */
    void releaseAll() throws InterruptedException {
        held.clear();
        leases.releaseAll(vuId);
    }

    private void giveBack(ResourceLeases.Lease lease) {
        try {
            leases.release(lease);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException("interrupted while it gave back a resource of pool \"" + lease.pool() + "\"");
        }
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
