package io.vikhry.worker;

import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.Metrics;
import io.vikhry.cluster.Spool;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the batches of one run on a thread of its own, so that neither the collector nor the renewal of the lease waits for a
 * Redis that does not answer. What fails is sent again.
 */
final class BatchSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BatchSender.class);
    private static final long RETRY_MILLIS = 250;

    private final Spool spool;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Condition empty = lock.newCondition();
    private final Thread thread;
    private boolean closed;

    BatchSender(Metrics metrics) {
        this.spool = new Spool(metrics::append, Spool.DEFAULT_CAPACITY);
        this.thread = Thread.ofPlatform().daemon().name("vikhry-batches").start(this::run);
    }

    void add(IntervalBatch batch) {
        spool.add(batch);
        wake();
    }

    /** The orchestrator has taken over everything up to {@code cursor}, and of what is after it {@code ahead}, or 0. */
    void passed(long cursor, long ahead) {
        spool.passed(cursor);
        spool.missed(ahead);
        wake();
    }

    /** Redis may have lost what was sent: everything not passed goes again. */
    void resend() {
        spool.resend();
        wake();
    }

    /** Waits until everything was sent; false if {@code timeout} came first. */
    boolean awaitSent(Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (spool.unsent() > 0) {
                if (left <= 0) {
                    return false;
                }
                left = empty.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        boolean failing = false;
        while (awaitMore(failing)) {
            try {
                spool.flush();
                if (failing) {
                    LOG.info("Batches are sent again");
                }
                failing = false;
            } catch (ClusterException e) {
                if (!failing) {
                    LOG.warn("Batches wait: {}", e.getMessage());
                }
                failing = true;
            }
        }
        if (spool.dropped() > 0) {
            LOG.warn("{} batches were never sent: Redis was away for too long", spool.dropped());
        }
    }

    /** Waits for a batch, or after a failure for the next try; false when it is time to end. */
    private boolean awaitMore(boolean failing) {
        lock.lock();
        try {
            if (failing && !closed) {
                more.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
            while (spool.unsent() == 0 && !closed) {
                empty.signalAll();
                more.await();
            }
            empty.signalAll();
            return !closed;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Ends it; what is not sent stays unsent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            more.signalAll();
            empty.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
    }
}
