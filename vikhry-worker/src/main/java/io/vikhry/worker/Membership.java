package io.vikhry.worker;

import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.Commands;
import io.vikhry.cluster.Following;
import io.vikhry.cluster.Leases;
import io.vikhry.cluster.Renewal;
import io.vikhry.cluster.WorkerIdTakenException;
import io.vikhry.cluster.WorkerLease;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.runtime.engine.Engine;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's place in its cluster: renews the lease once a second and at each command, and hands what the renewal says to its
 * {@link Duties}. State is all that counts; a command only makes it look sooner.
 *
 * <p>One thread does all of this and never waits for users, factories or the loading of a scenario: those have threads of their
 * own and call {@link #look} when they are done. What other threads may read is volatile or behind the lock.
 */
final class Membership {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** While others wait for users here to end. */
    private static final long SETTLING_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** A worker id may be held by the lease of a process that was killed a moment ago. */
    private static final long JOIN_NANOS = TimeUnit.MILLISECONDS.toNanos(Leases.TTL_MILLIS + 1_500);

    private final WorkerOptions options;
    private final Cluster cluster;
    private final Duties duties;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Condition progress = lock.newCondition();
    /** These three are guarded by the lock. */
    private boolean looked;

    private boolean done;
    private @Nullable Duration leaving;

    private volatile @Nullable WorkerLease lease;
    private volatile @Nullable String trouble;
    private volatile boolean renewedOnce;
    private @Nullable Following following;
    /** Whether Redis has not answered a renewal since the last that it did; only the thread asks. */
    private boolean unanswered;

    Membership(WorkerOptions options, Cluster cluster, Engine engine) {
        this.options = options;
        this.cluster = cluster;
        this.duties = new Duties(options, cluster, engine, this::look);
        this.thread = Thread.ofPlatform().name("vikhry-worker").unstarted(this::run);
    }

    /** Joins; waits for the lease of a process that held the id before. */
    void begin() {
        long bound = System.nanoTime() + JOIN_NANOS;
        boolean waited = false;
        while (lease == null) {
            try {
                lease = cluster.leases().join(duties.status(false));
            } catch (WorkerIdTakenException e) {
                if (System.nanoTime() - bound > 0) {
                    throw e;
                }
                if (!waited) {
                    LOG.info("{}; waiting up to 6 s for it to go", e.getMessage());
                }
                waited = true;
                pause(Math.min(1_000, e.remainingMillis() + 1));
            }
        }
        following = cluster.commands().follow(options.workerId(), reason -> {
            LOG.debug("Told to look again: {}", reason);
            if (reason.equals(Commands.HALT)) {
                duties.halt();
            }
            look();
        });
        thread.start();
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted while joining the cluster", e);
        }
    }

    /** Makes the thread look at once. Any thread may call. */
    void look() {
        lock.lock();
        try {
            looked = true;
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    boolean awaitReady(Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (!ready()) {
                if (left <= 0 || done || duties.error() != null) {
                    return false;
                }
                left = progress.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean ready() {
        return renewedOnce && lease != null && duties.ready();
    }

    Optional<String> error() {
        String redis = trouble;
        return redis != null ? Optional.of(redis) : Optional.ofNullable(duties.error());
    }

    /** Ends its users within {@code drain}, then leaves; false if that was asked for before. Waits at most {@code boundNanos}. */
    boolean leave(Duration drain, long boundNanos) throws InterruptedException {
        lock.lock();
        try {
            if (leaving != null) {
                return false;
            }
            leaving = drain;
            looked = true;
            news.signal();
            long left = boundNanos;
            while (!done && left > 0) {
                left = progress.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
        abort();
        return true;
    }

    /** Stops looking, whatever runs. */
    void abort() {
        lock.lock();
        try {
            done = true;
            looked = true;
            news.signal();
        } finally {
            lock.unlock();
        }
        if (following != null) {
            following.close();
        }
        duties.close();
    }

    private void run() {
        try {
            while (!left()) {
                long began = System.nanoTime();
                try {
                    turn();
                    trouble = null;
                } catch (ClusterException e) {
                    if (trouble == null) {
                        LOG.warn("{}", e.getMessage());
                    }
                    trouble = e.getMessage();
                } catch (RuntimeException e) {
                    LOG.error("The worker could not do what the cluster asked for", e);
                }
                awaitNews(began + (duties.settling() ? SETTLING_NANOS : SECOND_NANOS));
            }
        } finally {
            finish();
        }
    }

    private void awaitNews(long untilNanos) {
        lock.lock();
        try {
            progress.signalAll();
            while (!looked) {
                long left = untilNanos - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                news.awaitNanos(left);
            }
            looked = false;
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is time to end: asked to leave, and nothing runs any more. */
    private boolean left() {
        Duration drain;
        lock.lock();
        try {
            if (done) {
                return true;
            }
            drain = leaving;
        } finally {
            lock.unlock();
        }
        return drain != null && duties.leave(drain);
    }

    private void finish() {
        WorkerLease held = lease;
        lease = null;
        if (held != null) {
            try {
                held.release(duties.status(true));
            } catch (ClusterException e) {
                LOG.warn("The lease was not given up and will run out: {}", e.getMessage());
            }
        }
        lock.lock();
        try {
            done = true;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void turn() {
        boolean leave = isLeaving();
        WorkerLease held = lease;
        if (held == null) {
            held = cluster.leases().join(duties.status(leave));
            lease = held;
            LOG.info("Worker {} is in the cluster again", options.workerId());
        }
        WorkerStatus said = duties.status(leave);
        Renewal renewal = renew(held, said);
        if (!renewal.held()) {
            lease = null;
            duties.leaseLost();
            look();
            return;
        }
        duties.renewed(renewal, held, leave);
        renewedOnce = true;
        if (!said.sameWork(duties.status(leave))) {
            look();
        }
    }

    private Renewal renew(WorkerLease held, WorkerStatus said) {
        boolean before = unanswered;
        unanswered = true;
        Renewal renewal = held.renew(said, duties.origin());
        unanswered = false;
        if (before && renewal.held()) {
            duties.answeredAgain();
        }
        return renewal;
    }

    private boolean isLeaving() {
        lock.lock();
        try {
            return leaving != null;
        } finally {
            lock.unlock();
        }
    }
}
