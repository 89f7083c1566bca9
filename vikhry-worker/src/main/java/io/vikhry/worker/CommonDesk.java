package io.vikhry.worker;

import io.vikhry.api.TogetherException;
import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.Commons.Once;
import io.vikhry.cluster.Commons.Outcome;
import io.vikhry.cluster.Holder;
import io.vikhry.cluster.LoadStage;
import io.vikhry.runtime.vu.Commons;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where this worker's users meet those of the others. For each value one of them at a time asks Redis, or computes, under the
 * value's lock; for each barrier one thread says how many stand there. So what it costs grows with the workers, not the users.
 */
final class CommonDesk implements Commons, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommonDesk.class);
    private static final long SHORTEST_MILLIS = 10;
    private static final long LONGEST_MILLIS = 200;

    private final io.vikhry.cluster.Commons commons;
    private final Holder self;
    private final Supplier<Expected> expected;
    private final Map<String, Value> values = new ConcurrentHashMap<>();
    private final Map<String, Gathering> gatherings = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private int goneTold;

    /**
     * How many users a barrier waits for.
     *
     * @param users those of the whole cluster, or less than 0 if nobody can say
     * @param version the version of the assignment that says so
     */
    record Expected(int users, long version) {
        static final Expected UNKNOWN = new Expected(-1, 0);

        /** The users that an assignment wants now, or wanted last. */
        static Expected by(Assignment assignment, long nowMillis) {
            long at = nowMillis - assignment.t0Millis();
            LoadStage present = assignment.stages().getFirst();
            for (LoadStage stage : assignment.stages()) {
                present = stage.atMillis() <= at ? stage : present;
            }
            return new Expected((int) present.target(), assignment.version());
        }
    }

    /** For the users of {@code self}'s worker in its run. */
    CommonDesk(io.vikhry.cluster.Commons commons, Holder self, Supplier<Expected> expected) {
        this.commons = commons;
        this.self = self;
        this.expected = expected;
    }

    private static final class Value {
        final ReentrantLock lock = new ReentrantLock();
        volatile @Nullable String json;
    }

    @Override
    public String once(String key, long vuId, Duration timeout, Callable<String> body) throws Exception {
        Value value = values.computeIfAbsent(key, k -> new Value());
        String known = value.json;
        if (known != null) {
            return known;
        }
        if (value.lock.isHeldByCurrentThread()) {
            throw new TogetherException("once(\"" + key + "\") asks for itself while it is computed");
        }
        long until = System.nanoTime() + timeout.toNanos();
        if (!value.lock.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            throw late(key, timeout);
        }
        try {
            known = value.json;
            if (known == null) {
                known = ask(key, vuId, timeout, until, body);
                value.json = known;
            }
            return known;
        } finally {
            value.lock.unlock();
        }
    }

    private String ask(String key, long vuId, Duration timeout, long until, Callable<String> body) throws Exception {
        Holder user = new Holder(self.runId(), self.workerId(), self.fence(), vuId);
        long pause = SHORTEST_MILLIS;
        while (true) {
            switch (Elsewhere.call(() -> commons.once(key, user))) {
                case Once.Value(String json) -> {
                    return json;
                }
                case Once.Compute() -> {
                    String json = compute(key, user, body);
                    if (json != null) {
                        return json;
                    }
                }
                case Once.Failed(String why) ->
                    throw new TogetherException("once(\"" + key + "\") has failed " + io.vikhry.cluster.Commons.FAILURES
                            + " times in this run, the last time: " + why);
                case Once.Void() -> throw over("once(\"" + key + "\")");
                case Once.Wait() -> {
                    if (System.nanoTime() - until > 0) {
                        throw late(key, timeout);
                    }
                    TimeUnit.MILLISECONDS.sleep(pause);
                    pause = Math.min(LONGEST_MILLIS, 2 * pause);
                }
            }
        }
    }

    /** The value, or {@code null} if meanwhile it was somebody else's to compute. */
    private @Nullable String compute(String key, Holder user, Callable<String> body) throws Exception {
        String json;
        try {
            json = body.call();
        } catch (Throwable e) {
            // An interrupt is the end of the user or of its step, and says nothing about the value.
            boolean ended =
                    e instanceof InterruptedException || Thread.currentThread().isInterrupted();
            settle(key, user, ended ? Outcome.LEFT : Outcome.FAILED, Lines.first(e));
            throw e;
        }
        String computed = json;
        return Elsewhere.call(() -> commons.settle(key, user, Outcome.VALUE, computed)) ? computed : null;
    }

    /** If it is not heard, others wait until the worker's lease is gone, or their time is over. */
    private void settle(String key, Holder user, Outcome outcome, String why) {
        Thread.startVirtualThread(() -> {
            try {
                commons.settle(key, user, outcome, why);
            } catch (ClusterException e) {
                LOG.warn("Nobody heard that once(\"{}\") was not computed: {}", key, e.getMessage());
            }
        });
    }

    private static TogetherException late(String key, Duration timeout) {
        return new TogetherException("once(\"" + key + "\") was not computed within " + timeout.toMillis()
                + " ms: give it a longer timeout, or compute less");
    }

    static TogetherException over(String what) {
        return new TogetherException(what + " is void for this user: its share of the run is over");
    }

    @Override
    public void barrier(String name, long vuId, Duration timeout) throws InterruptedException {
        if (expected.get().users() < 0) {
            throw new TogetherException(
                    "barrier(\"" + name
                            + "\") waits for all users, and a run with a rate has as many as its arrivals take: start it with users");
        }
        if (closed) {
            throw over("barrier(\"" + name + "\")");
        }
        gatherings
                .computeIfAbsent(name, n -> new Gathering(commons, n, self, expected))
                .await(vuId, timeout);
    }

    /** How many of its users are wanted but have ended for good; told when it changes, by one thread. */
    void gone(int users) {
        if (users != goneTold) {
            try {
                commons.gone(self, users);
                goneTold = users;
            } catch (ClusterException e) {
                LOG.debug("barriers hear later who is gone: {}", e.getMessage());
            }
        }
    }

    /** Nobody waits any more. */
    @Override
    public void close() {
        closed = true;
        gatherings.values().forEach(Gathering::close);
    }
}
