package io.vikhry.api;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A virtual user. A scenario is a subclass with a public no-argument constructor and at least one {@link Step} method; one
 * instance lives on one virtual thread from {@link #onInit} to {@link #onStop}, so its fields need no synchronisation (unless its
 * {@link #strategy} runs steps at the same time).
 *
 * <p>Its life: fields annotated with {@link Param} are set, {@link #onInit} runs, then {@link #onStart}, then steps until the
 * run or the user ends, then {@link #onStop}, always. An exception in {@code onInit} or {@code onStart} ends the user and is
 * counted; an exception in a step fails that execution of the step and the user goes on, unless {@link Step#onError} says
 * otherwise.
 */
public abstract class VU {
    private static final Duration TOGETHER = Duration.ofSeconds(30);

    @Nullable VuContext context;

    /** Sets the user up, before any load. Build {@link Http} clients here. */
    public void onInit() throws Exception {}

    /** Runs once after {@link #onInit}: acquire resources, log in. */
    public void onStart() throws Exception {}

    /** Runs once at the end, also when {@link #onInit} or {@link #onStart} failed, so fields may still be unset. */
    public void onStop() throws Exception {}

    /** How this user chooses among its ready steps; asked once, after {@link #onStart}. */
    public StepStrategy strategy() {
        return StepStrategies.sequentialWeighted();
    }

    /** This user's number: from 0, unique in the whole cluster at any instant, stable over the user's life. */
    protected final long id() {
        return context().vuId();
    }

    /** This user's own random numbers, seeded by the run's seed and {@link #id()}: the same run repeats the same choices. */
    protected final RandomGenerator random() {
        return context().random();
    }

    /** A builder for an HTTP client whose requests resolve against {@code baseUrl}. The client belongs to this user. */
    protected final Http.Builder http(URI baseUrl) {
        return context().http(baseUrl);
    }

    /** The pools of things that only one user in the whole cluster may hold at a time. */
    protected final Resources resources() {
        return context().resources();
    }

    /**
     * Think time: parks this user for {@code duration}; not at all if that is negative. Costs no thread. Throws if the step's time
     * is over or the user is to end now: let that go on.
     */
    protected final void pause(Duration duration) {
        context().pause(duration);
    }

    /** Think time, uniform between {@code min} and {@code max}, both included. */
    protected final void pause(Duration min, Duration max) {
        long span = max.toNanos() - min.toNanos();
        if (span < 0) {
            throw new IllegalArgumentException("pause: max " + max + " is less than min " + min);
        }
        pause(min.plusNanos(span == 0 ? 0 : random().nextLong(span + 1)));
    }

    /**
     * Times {@code body} as one transaction named {@code name}: a series of its own beside those of the requests in it. It
     * fails when {@code body} throws; the exception goes on to the caller. One whose time is over counts as {@code TIMEOUT}, one
     * that ends with its user as {@code CANCELLED}.
     *
     * @param name of few different ones, not blank; what is longer than 200 characters is cut
     */
    protected final <T> T flow(String name, Callable<T> body) throws Exception {
        return context().flow(name, body);
    }

    /** As {@link #flow(String, Callable)}, for a body without a result. */
    protected final void flow(String name, Body body) throws Exception {
        context().flow(name, () -> {
            body.run();
            return true;
        });
    }

    /**
     * Runs {@code body} until it returns, at most {@code attempts} times (1 or more), waiting {@code delay} between two
     * attempts; the last failure is thrown. Each request made is recorded, also those of the failed attempts. An
     * {@link InterruptedException} is thrown at once, as is any {@link Error} but the assertion of a test library.
     */
    protected final <T> T retry(int attempts, Duration delay, Callable<T> body) throws Exception {
        if (attempts < 1) {
            throw new IllegalArgumentException("retry: attempts must be at least 1, not " + attempts);
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return body.call();
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception | AssertionError e) {
                if (attempt == attempts) {
                    throw e;
                }
                pause(delay);
            }
        }
    }

    /** As {@link #retry(int, Duration, Callable)}, for a body without a result. */
    protected final void retry(int attempts, Duration delay, Body body) throws Exception {
        retry(attempts, delay, () -> {
            body.run();
            return true;
        });
    }

    /**
     * A metric of your own: durations recorded under {@code name} get percentiles like any series, one for each step in which
     * this is called.
     *
     * @param name of few different ones, not blank; what is longer than 200 characters is cut
     */
    protected final Metric metric(String name) {
        return context().metric(name);
    }

    /**
     * Ends this user after the current step. It is not replaced; with a rate of arrivals its number may serve again, as a new
     * user, when arrivals find nobody free.
     */
    protected final void stop() {
        context().stop();
    }

    /**
     * Runs {@code work} on a thread apart and parks this user until it is done. For what would hold up the other users of
     * the loop: long computation, file and database access, name look-ups. A worker has 16 such threads, or four for each CPU if
     * that is more; work that comes when all are busy waits for one.
     */
    protected final <T> T offload(Callable<T> work) throws Exception {
        return context().offload(work);
    }

    /** As {@link #offload(Callable)}, for work without a result. */
    protected final void offload(Body work) throws Exception {
        context().offload(() -> {
            work.run();
            return true;
        });
    }

    /**
     * As {@link #once(String, Class, Callable)}, for a value that JSON carries by itself: a string, a number, a boolean, a list
     * or a map of these.
     */
    protected final <T> T once(String key, Callable<T> body) throws Exception {
        return context().once(key, null, TOGETHER, body);
    }

    /** As {@link #once(String, Class, Duration, Callable)}, waiting for 30 s at most. */
    protected final <T> T once(String key, Class<T> type, Callable<T> body) throws Exception {
        return context().once(key, type, TOGETHER, body);
    }

    /**
     * A value that is computed once in a run, for all users of the whole cluster: one of those that ask runs {@code body}, the
     * others wait. The value travels as JSON and is read as {@code type}, also by the user that computed it.
     *
     * <p>What {@code body} throws goes to the user that ran it, and another user that asks computes anew; after three
     * failures in the run everybody gets a {@link TogetherException} with the last of them. If the computing user is ended, or
     * its worker dies, another computes; so {@code body} may run more than once, though never twice at a time on workers that
     * are in the cluster.
     *
     * @param key the value's name in the run
     * @param timeout the longest wait for others
     * @throws TogetherException if the wait ran out, or computing has failed three times
     */
    protected final <T> T once(String key, Class<T> type, Duration timeout, Callable<T> body) throws Exception {
        return context().once(key, type, timeout, body);
    }

    /** As {@link #barrier(String, Duration)}, waiting for 30 s at most. */
    protected final void barrier(String name) {
        context().barrier(name, TOGETHER);
    }

    /**
     * Waits for all users of the run in the whole cluster: as many as the load's present stage asks for (also those that a ramp
     * has not started yet), without those that have ended and are not replaced. A barrier opens once; whoever comes later
     * passes. Only for runs with a number of users, not for a rate of arrivals.
     *
     * @throws TogetherException if not all have come within {@code timeout}
     */
    protected final void barrier(String name, Duration timeout) {
        context().barrier(name, timeout);
    }

    private VuContext context() {
        VuContext c = context;
        if (c == null) {
            throw new IllegalStateException(getClass().getName()
                    + " is not running: call this from onInit, onStart, onStop or a step, not from a"
                    + " constructor or a field initialiser");
        }
        return c;
    }

    /** A piece of a scenario without a result. */
    @FunctionalInterface
    public interface Body {
        /** Does the work; an exception is a failure. */
        void run() throws Exception;
    }
}
