package io.vikhry.cluster;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to Redis. A lost one is mended by the driver, which asks Sentinel where to if there is one. But one that hangs, or
 * ends at a Redis that has become a replica, hangs there for good: where Sentinel may have named another, it is replaced.
 *
 * <p>Safe for use by any thread; one at a time replaces the connection, the others go on with what there is.
 */
final class Link implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Supplier<StatefulRedisConnection<String, byte[]>> connect;
    private final @Nullable Duration timeout;
    private final boolean movable;
    private final ReentrantLock replacing = new ReentrantLock();
    private volatile StatefulRedisConnection<String, byte[]> connection;
    private volatile boolean closed;
    private long triedNanos = System.nanoTime() - AGAIN_NANOS;

    /** Connects; {@code timeout} is that of a call, {@code null} for the driver's; {@code movable}: Redis may lead elsewhere. */
    Link(Supplier<StatefulRedisConnection<String, byte[]>> connect, @Nullable Duration timeout, boolean movable) {
        this.connect = connect;
        this.timeout = timeout;
        this.movable = movable;
        this.connection = fresh();
    }

    private StatefulRedisConnection<String, byte[]> fresh() {
        StatefulRedisConnection<String, byte[]> made = connect.get();
        if (timeout != null) {
            made.setTimeout(timeout);
        }
        return made;
    }

    <T> T call(Function<RedisCommands<String, byte[]>, T> command) {
        StatefulRedisConnection<String, byte[]> now = connection;
        try {
            return command.apply(now.sync());
        } catch (RedisException e) {
            if (movable && mayLeadElsewhere(e)) {
                replace(now);
            }
            throw e;
        }
    }

    private static boolean mayLeadElsewhere(RedisException e) {
        return e instanceof RedisCommandTimeoutException
                || (e instanceof RedisCommandExecutionException
                        && String.valueOf(e.getMessage()).startsWith("READONLY"));
    }

    private void replace(StatefulRedisConnection<String, byte[]> broken) {
        if (!replacing.tryLock()) {
            return;
        }
        try {
            if (connection == broken && !closed && System.nanoTime() - triedNanos >= AGAIN_NANOS) {
                triedNanos = System.nanoTime();
                connection = fresh();
                broken.closeAsync();
                if (closed) {
                    connection.closeAsync();
                }
            }
        } catch (RedisException e) {
            // Sentinel has not decided yet; the next call that fails tries again.
            LOG.debug("no Redis leads: {}", e.getMessage());
        } finally {
            replacing.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        connection.close();
    }
}
