package io.vikhry.cluster;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that follows one worker's commands. It reads on after the last entry it has seen; when it was disconnected, it hears
 * the newest ones again, with what was said meanwhile. The connection mends itself.
 */
public final class Following implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Following.class);
    private static final Duration BLOCK = Duration.ofSeconds(2);
    private static final long RETRY_MILLIS = 200;
    private static final String START = "0-0";

    private final String stream;
    private final Consumer<String> heard;
    private final Redis.Dedicated connection;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private String last;

    @SuppressWarnings("unchecked")
    Following(Redis redis, String stream, Consumer<String> heard) {
        this.stream = stream;
        this.heard = heard;
        // Asked for before the thread starts: "$" would forget what comes between two reads.
        List<StreamMessage<String, byte[]>> newest =
                redis.call(r -> r.xrevrange(stream, Range.unbounded(), Limit.from(1)));
        this.last = newest.isEmpty() ? START : newest.getFirst().getId();
        this.connection = redis.dedicated(BLOCK);
        this.thread = Thread.ofPlatform().daemon().name("vikhry-commands").start(this::run);
    }

    @SuppressWarnings({"unchecked", "ThreadInterruptedCheckMissing"})
    private void run() {
        while (closed.getCount() > 0) {
            try {
                List<StreamMessage<String, byte[]>> messages =
                        connection.call(r -> r.xread(XReadArgs.Builder.block(BLOCK), StreamOffset.from(stream, last)));
                for (StreamMessage<String, byte[]> message : messages) {
                    last = message.getId();
                    byte[] reason = message.getBody().get("reason");
                    tell(reason == null ? "" : new String(reason, StandardCharsets.UTF_8));
                }
            } catch (ClusterException e) {
                if (!pause()) {
                    return;
                }
                log.debug("not listening for commands: {}", e.getMessage());
                // Another Redis may answer next, whose entries have numbers by another clock; hearing a command again
                // is harmless.
                last = START;
            }
        }
    }

    private void tell(String reason) {
        try {
            heard.accept(reason);
        } catch (RuntimeException e) {
            log.warn("a command ({}) was not followed", reason, e);
        }
    }

    /** False when it is time to end. */
    private boolean pause() {
        // Closing interrupts the read, which leaves the mark set; the latch tells it from a lost connection.
        Thread.interrupted();
        try {
            return !closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Ends it; waits for its thread, 3 s at most. */
    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
        connection.close();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(Redis.TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
