package io.vikhry.worker;

import io.vikhry.api.ResourceException;
import io.vikhry.cluster.Acquisition;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.Holder;
import io.vikhry.cluster.Pools;
import io.vikhry.runtime.vu.ResourceLeases.Lease;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users of this worker that want an item of one pool, in the order they came. One virtual thread serves them while there are
 * any: it asks for the head of the line; when nothing is free, or other workers' users came before, it asks again at once when it
 * is its turn, and in any case after a pause that grows to 200 ms, so that its place in the cluster's line is kept.
 *
 * <p>A ticket is either completed by the server or taken out by its user, decided under the lock; so a lease is never given to a
 * user who has gone. A question whose answer was lost is asked again under its number until there is one, also when its user has
 * gone meanwhile: only then is it known whether something has to go back.
 */
final class WaitingLine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingLine.class);
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Pools pools;
    private final String pool;
    private final LongFunction<Holder> holders;
    private final Runnable waits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition look = lock.newCondition();
    private final ArrayDeque<Ticket> waiting = new ArrayDeque<>();
    /** The one whose question has had no answer; only the serving thread sees it. */
    private @Nullable Ticket unanswered;

    private long tickets;
    private boolean serving;
    private boolean looked;
    private boolean closed;

    /** {@code waits} is called before it waits. */
    WaitingLine(Pools pools, String pool, LongFunction<Holder> holders, Runnable waits) {
        this.pools = pools;
        this.pool = pool;
        this.holders = holders;
        this.waits = waits;
    }

    /** A user has come, at that cluster time. */
    Ticket join(long vuId, long sinceMicros) {
        lock.lock();
        try {
            Ticket ticket = new Ticket(++tickets, vuId, sinceMicros, new CompletableFuture<>());
            if (closed) {
                ticket.result.completeExceptionally(over());
                return ticket;
            }
            waiting.addLast(ticket);
            if (!serving) {
                serving = true;
                Thread.ofVirtual().name("vikhry-pool-" + pool).start(this::serve);
            }
            return ticket;
        } finally {
            lock.unlock();
        }
    }

    /** The user does not wait any more; false if it was served before. */
    boolean leave(Ticket ticket) {
        lock.lock();
        try {
            return waiting.remove(ticket);
        } finally {
            lock.unlock();
        }
    }

    /** Something may be free now. */
    void look() {
        lock.lock();
        try {
            looked = true;
            look.signal();
        } finally {
            lock.unlock();
        }
    }

    private void serve() {
        long pause = SHORTEST_NANOS;
        @Nullable Ticket head = head();
        while (head != null) {
            pause = serve(head) ? SHORTEST_NANOS : pause(pause);
            head = head();
        }
    }

    /** The user whose turn it is; without one the serving ends, and the next to come begins it again. */
    private @Nullable Ticket head() {
        lock.lock();
        try {
            Ticket head = unanswered != null && !closed ? unanswered : waiting.peekFirst();
            serving = head != null;
            return head;
        } finally {
            lock.unlock();
        }
    }

    /** Whether there was something for it: an item, or the news that it will get none. */
    private boolean serve(Ticket head) {
        Holder holder = holders.apply(head.vuId);
        try {
            Behind behind = behind(head);
            Acquisition answer =
                    pools.acquire(pool, holder, 1 + behind.users, head.sinceMicros, behind.sinceMicros, head.number);
            unanswered = null;
            switch (answer) {
                case Acquisition.Granted(String id, String json, long number) -> grant(head, holder, id, number, json);
                case Acquisition.Empty() -> {
                    waits.run();
                    return false;
                }
                case Acquisition.NoPool() ->
                    refuse(
                            head,
                            new ResourceException("there is no pool \"" + pool
                                    + "\": declare a static method with @Resource(\"" + pool + "\") in the scenario"));
                case Acquisition.Void() -> refuse(head, over());
            }
            return true;
        } catch (ClusterException e) {
            LOG.debug("pool {}: {}", pool, e.getMessage());
            unanswered = head;
            return false;
        } catch (RuntimeException e) {
            LOG.error("Pool {} cannot be served", pool, e);
            refuse(head, new ResourceException("pool \"" + pool + "\" cannot be served: " + Lines.first(e), e));
            return true;
        }
    }

    private void grant(Ticket head, Holder holder, String id, long number, String json) {
        if (leave(head)) {
            head.result.complete(new Lease(pool, id, head.vuId, number, json));
        } else {
            pools.release(pool, id, holder);
        }
    }

    private void refuse(Ticket head, ResourceException why) {
        if (leave(head)) {
            head.result.completeExceptionally(why);
        }
    }

    private ResourceException over() {
        return new ResourceException(
                "pool \"" + pool + "\" gives nothing more to this user: its share of the run is over");
    }

    /** Who stands behind the head: how many, and since when the first of them. */
    private record Behind(int users, long sinceMicros) {}

    private Behind behind(Ticket head) {
        lock.lock();
        try {
            Iterator<Ticket> line = waiting.iterator();
            Ticket next = line.hasNext() ? line.next() : null;
            if (next == head) {
                next = line.hasNext() ? line.next() : null;
                return next == null ? new Behind(0, 0) : new Behind(waiting.size() - 1, next.sinceMicros);
            }
            // The head has gone; whatever it is granted goes back.
            return next == null ? new Behind(0, 0) : new Behind(waiting.size(), next.sinceMicros);
        } finally {
            lock.unlock();
        }
    }

    /** Waits that long, or until {@link #look}; returns how long to wait the next time. */
    private long pause(long nanos) {
        lock.lock();
        try {
            if (!looked) {
                look.awaitNanos(nanos);
            }
            boolean fresh = looked;
            looked = false;
            return fresh ? SHORTEST_NANOS : Math.min(LONGEST_NANOS, 2 * nanos);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        } finally {
            lock.unlock();
        }
    }

    /** Refuses all who wait, and all who come. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            waiting.forEach(ticket -> ticket.result.completeExceptionally(over()));
            waiting.clear();
            look.signal();
        } finally {
            lock.unlock();
        }
    }

    /** A user's place in the line. */
    record Ticket(long number, long vuId, long sinceMicros, CompletableFuture<Lease> result) {}
}
