package io.vikhry.cluster;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that hears when it is a worker's turn to take something from a pool. What it misses costs time only: a worker that
 * waits asks by itself every now and then.
 */
public final class Bell implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Bell.class);
    private static final Duration BLOCK = Duration.ofSeconds(1);
    private static final long RETRY_MILLIS = 500;

    private final Redis redis;
    private final String key;
    private final Runnable rung;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    Bell(Redis redis, String key, Runnable rung) {
        this.redis = redis;
        this.key = key;
        this.rung = rung;
        this.thread = Thread.ofPlatform().daemon().name("vikhry-bell").start(this::run);
    }

    @SuppressWarnings("ThreadInterruptedCheckMissing")
    private void run() {
        while (closed.getCount() > 0) {
            try (Redis.Dedicated connection = redis.dedicated(BLOCK)) {
                while (closed.getCount() > 0) {
                    if (connection.call(r -> r.blpop(BLOCK.toSeconds(), key)) != null) {
                        rung.run();
                    }
                }
            } catch (ClusterException e) {
                LOG.debug("not listening for a turn: {}", e.getMessage());
                // Closing interrupts the read, which leaves the mark set; the latch tells it from a lost connection.
                Thread.interrupted();
                try {
                    if (closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                } catch (InterruptedException closing) {
                    return;
                }
            }
        }
    }

    /** Ends it; waits for its thread, 3 s at most. */
    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
        try {
            thread.join(Redis.TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
