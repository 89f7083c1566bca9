package io.vikhry.worker;

import io.vikhry.api.ResourceTimeoutException;
import io.vikhry.cluster.Bell;
import io.vikhry.cluster.ClusterClock;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.Holder;
import io.vikhry.cluster.Pools;
import io.vikhry.runtime.vu.ResourceLeases;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where this worker's users get and return items of pools. Users of one pool stand in one {@link WaitingLine}, first come first
 * served, and only its head asks Redis, with the time it came: so the whole cluster is served in the order of arrival, and what
 * waiting costs does not grow with those who wait.
 *
 * <p>Users call on their own threads. Redis is spoken to on others, because a user may be interrupted at any time and must not
 * leave a command half said.
 */
final class PoolDesk implements ResourceLeases, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PoolDesk.class);
    private static final long RETRY_MILLIS = 250;
    private static final int RETRIES = 20;

    private final Pools pools;
    private final ClusterClock clock;
    private final String runId;
    private final String workerId;
    private final long fence;
    private final Map<String, WaitingLine> lines = new ConcurrentHashMap<>();
    /** Users that have asked for an item: only they can have something to give back. */
    private final Set<Long> askers = ConcurrentHashMap.newKeySet();
    /** These two are guarded by this object. */
    private @Nullable Bell bell;

    private boolean closed;

    PoolDesk(Pools pools, ClusterClock clock, String runId, String workerId, long fence) {
        this.pools = pools;
        this.clock = clock;
        this.runId = runId;
        this.workerId = workerId;
        this.fence = fence;
    }

    @Override
    public Lease acquire(String pool, long vuId, Duration timeout) throws InterruptedException {
        askers.add(vuId);
        WaitingLine line =
                lines.computeIfAbsent(pool, name -> new WaitingLine(pools, name, this::holder, this::listen));
        WaitingLine.Ticket ticket = line.join(vuId, clock.nowMicros());
        try {
            return ticket.result().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (line.leave(ticket)) {
                throw new ResourceTimeoutException("no item of pool \"" + pool + "\" came free within "
                        + timeout.toMillis() + " ms: make the pool larger, or release items earlier");
            }
            // Served in the same moment.
            return Elsewhere.join(ticket.result());
        } catch (ExecutionException e) {
            throw Elsewhere.cause(e);
        } catch (InterruptedException e) {
            if (!line.leave(ticket)) {
                ticket.result().thenAccept(lease -> Thread.startVirtualThread(() -> giveBack(lease)));
            }
            throw e;
        }
    }

    @Override
    public void release(Lease lease) throws InterruptedException {
        Elsewhere.call(() -> giveBack(lease));
    }

    @Override
    public void releaseAll(long vuId) throws InterruptedException {
        if (askers.remove(vuId)) {
            Elsewhere.call(() -> {
                int count = persist(() -> pools.releaseAll(holder(vuId)));
                if (count > 0) {
                    lines.values().forEach(WaitingLine::look);
                }
                return true;
            });
        }
    }

    @Override
    public void releaseFaulty(Lease lease, String reason, int faults) throws InterruptedException {
        Elsewhere.call(() -> giveBack(lease, () -> {
            Pools.Release release = pools.releaseFaulty(lease.pool(), lease.id(), holder(lease.vuId()), reason, faults);
            return release == Pools.Release.RELEASED ? 1 : 0;
        }));
    }

    private boolean giveBack(Lease lease) {
        return giveBack(lease, () -> pools.release(lease.pool(), lease.id(), holder(lease.vuId())) ? 1 : 0);
    }

    private boolean giveBack(Lease lease, Callable<Integer> release) {
        boolean back = persist(release) > 0;
        WaitingLine line = lines.get(lease.pool());
        if (back && line != null) {
            line.look();
        }
        return back;
    }

    /** Tries for 5 s; after that the lease runs out anyhow, and the cluster takes the items back. */
    private int persist(Callable<Integer> call) {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.call();
            } catch (ClusterException e) {
                if (attempt == RETRIES || !pause()) {
                    LOG.warn("An item was not given back, the cluster will reclaim it: {}", e.getMessage());
                    return 0;
                }
            } catch (Exception e) {
                throw new IllegalStateException("no other exception is thrown here", e);
            }
        }
    }

    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** From now on it is heard when something came free elsewhere. */
    private synchronized void listen() {
        if (bell == null && !closed) {
            bell = pools.listen(holder(0), () -> lines.values().forEach(WaitingLine::look));
        }
    }

    private Holder holder(long vuId) {
        return new Holder(runId, workerId, fence, vuId);
    }

    /** Nobody is served any more. */
    @Override
    public void close() {
        lines.values().forEach(WaitingLine::close);
        Bell ringing;
        synchronized (this) {
            closed = true;
            ringing = bell;
        }
        if (ringing != null) {
            ringing.close();
        }
    }
}
