package io.vikhry.worker;

import io.vikhry.api.TogetherException;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.Commons;
import io.vikhry.cluster.Holder;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users of this worker that stand at one barrier. While there are any, a virtual thread tells the cluster how many, and hears
 * whether the barrier is open; when the last has gone it says so and ends.
 */
final class Gathering implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gathering.class);
    private static final long SHORTEST_MILLIS = 10;
    private static final long LONGEST_MILLIS = 200;

    private final Commons commons;
    private final String name;
    private final Holder self;
    private final Supplier<CommonDesk.Expected> expected;
    private final CompletableFuture<Boolean> opened = new CompletableFuture<>();
    /** These two are guarded by this object. */
    private final Set<Long> standing = new HashSet<>();

    private boolean telling;
    /** As it was when most had come: who goes by a timeout makes it emptier for those who are told later. */
    private volatile Commons.Barrier fullest = new Commons.Barrier(Commons.Barrier.State.SHUT, 0, 0);

    Gathering(Commons commons, String name, Holder self, Supplier<CommonDesk.Expected> expected) {
        this.commons = commons;
        this.name = name;
        this.self = self;
        this.expected = expected;
    }

    void await(long vuId, Duration timeout) throws InterruptedException {
        if (!opened.isDone()) {
            stand(vuId);
        }
        try {
            opened.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            Commons.Barrier seen = fullest;
            throw new TogetherException("barrier(\"" + name + "\") did not open within " + timeout.toMillis() + " ms: "
                    + seen.came() + " of " + seen.expected() + " users had come");
        } catch (ExecutionException e) {
            throw Elsewhere.cause(e);
        } finally {
            leave(vuId);
        }
    }

    private synchronized void stand(long vuId) {
        standing.add(vuId);
        if (!telling) {
            telling = true;
            Thread.ofVirtual().name("vikhry-barrier-" + name).start(this::tell);
        }
    }

    private synchronized void leave(long vuId) {
        standing.remove(vuId);
    }

    private synchronized int count() {
        return standing.size();
    }

    /** Whether nobody has come since {@code told} was said; then the telling ends. */
    private synchronized boolean isOver(int told) {
        telling = !(told == 0 && standing.isEmpty());
        return !telling;
    }

    private void tell() {
        long pause = SHORTEST_MILLIS;
        while (!opened.isDone()) {
            int came = count();
            try {
                CommonDesk.Expected now = expected.get();
                Commons.Barrier seen = commons.barrier(name, self, came, now.users(), now.version());
                switch (seen.state()) {
                    case OPEN -> opened.complete(true);
                    case VOID -> opened.completeExceptionally(CommonDesk.over("barrier(\"" + name + "\")"));
                    case SHUT -> fullest = seen.came() >= fullest.came() ? seen : fullest;
                }
                if (isOver(came)) {
                    return;
                }
            } catch (ClusterException e) {
                LOG.debug("barrier {}: {}", name, e.getMessage());
            }
            try {
                TimeUnit.MILLISECONDS.sleep(pause);
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts this thread", e);
            }
            pause = Math.min(LONGEST_MILLIS, 2 * pause);
        }
    }

    /** Whoever stands here goes without having met. */
    @Override
    public void close() {
        opened.completeExceptionally(CommonDesk.over("barrier(\"" + name + "\")"));
    }
}
