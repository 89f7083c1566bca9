package io.vikhry.worker;

import io.vikhry.api.ResourceException;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.Holder;
import io.vikhry.cluster.Pools;
import io.vikhry.runtime.vu.ResourceLeases;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where this worker's users get and return items of pools. Users of one pool stand in one {@link WaitingLine}, first come first
 * served, and only its head asks Redis: so what waiting costs does not grow with those who wait.
 *
 * <p>Users call on their own threads. Redis is spoken to on others, because a user may be interrupted at any time and must not
 * leave a command half said.
 */
final class PoolDesk implements ResourceLeases, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PoolDesk.class);
    private static final long RETRY_MILLIS = 250;
    private static final int RETRIES = 20;

    private final Pools pools;
    private final String runId;
    private final String workerId;
    private final long fence;
    private final Map<String, WaitingLine> lines = new ConcurrentHashMap<>();
    /** Users that have asked for an item: only they can have something to give back. */
    private final Set<Long> askers = ConcurrentHashMap.newKeySet();

    PoolDesk(Pools pools, String runId, String workerId, long fence) {
        this.pools = pools;
        this.runId = runId;
        this.workerId = workerId;
        this.fence = fence;
    }

    @Override
    public Lease acquire(String pool, long vuId, Duration timeout) throws InterruptedException {
        askers.add(vuId);
        WaitingLine line = lines.computeIfAbsent(pool, name -> new WaitingLine(pools, name, this::holder));
        WaitingLine.Ticket ticket = line.join(vuId);
        try {
            return ticket.result().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (line.leave(ticket)) {
                throw new ResourceException("no item of pool \"" + pool + "\" came free within " + timeout.toMillis()
                        + " ms: make the pool larger, or release items earlier");
            }
            // Served in the same moment.
            return join(ticket.result());
        } catch (ExecutionException e) {
            throw rethrow(e);
        } catch (InterruptedException e) {
            if (!line.leave(ticket)) {
                ticket.result().thenAccept(lease -> Thread.startVirtualThread(() -> giveBack(lease)));
            }
            throw e;
        }
    }

    @Override
    public void release(Lease lease) throws InterruptedException {
        elsewhere(() -> giveBack(lease));
    }

    @Override
    public void releaseAll(long vuId) throws InterruptedException {
        if (askers.remove(vuId)) {
            elsewhere(() -> {
                int count = persist(() -> pools.releaseAll(holder(vuId)));
                if (count > 0) {
                    lines.values().forEach(WaitingLine::look);
                }
                return true;
            });
        }
    }

    private boolean giveBack(Lease lease) {
        boolean back = persist(() -> pools.release(lease.pool(), lease.id(), holder(lease.vuId())) ? 1 : 0) > 0;
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

    private Holder holder(long vuId) {
        return new Holder(runId, workerId, fence, vuId);
    }

    private static void elsewhere(Callable<Boolean> call) throws InterruptedException {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                done.complete(call.call());
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        join(done);
    }

    private static <T> T join(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw rethrow(e);
        }
    }

    private static RuntimeException rethrow(ExecutionException e) {
        return e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
    }

    /** Nobody is served any more. */
    @Override
    public void close() {
        lines.values().forEach(WaitingLine::close);
    }
}
