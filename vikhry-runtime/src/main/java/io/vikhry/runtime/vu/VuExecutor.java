package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.VuSet;
import io.vikhry.runtime.metrics.Kind;
import io.vikhry.runtime.metrics.Series;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ParamValues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one worker's users of one run: starts and ends them as the load curve says, and counts them.
 *
 * <p>A thread of its own, the {@link Conductor}, decides who starts and ends, so that no busy loop delays that decision; each
 * user then lives on its loop. Lives are entered by the conductor before they start and taken out by themselves when they are
 * over, so a user that is in {@link #lives} is never started a second time. Any thread may call the public methods.
 */
public final class VuExecutor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VuExecutor.class);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final RunSetting run;
    private final List<List<Series>> stepSeriesByLoop = new ArrayList<>();
    private final Map<Integer, VuLife> lives = new ConcurrentHashMap<>();
    private final Conductor conductor;
    private final Reception reception;
    /** Lives on each loop. */
    private final AtomicIntegerArray crowd;

    private final Count count = new Count();
    private final Hogs hogs;
    private final Runnable stopWatching;
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicLong submitted = new AtomicLong();
    /** Lives that ended before they began: the load went down, or the run ended, while they waited. */
    private final AtomicLong unborn = new AtomicLong();

    private final AtomicLong started = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final ReentrantLock draining = new ReentrantLock();
    private volatile long drainDeadlineNanos;
    private volatile boolean drainBegun;
    private volatile @Nullable Thread drainer;

    /** Nobody runs before the first {@link #follow}. */
    public VuExecutor(
            Engine engine,
            LoadedScenario scenario,
            ParamValues params,
            long seed,
            Fence fence,
            ResourceLeases leases,
            VuOptions options) {
        this.run = new RunSetting(
                engine,
                scenario,
                params,
                seed,
                fence,
                leases,
                options,
                new Offload(scenario.classLoader()),
                new RunAbort());
        for (Loop loop : engine.loops()) {
            stepSeriesByLoop.add(scenario.steps().stream()
                    .map(step -> loop.recorder().series(Kind.STEP, "", step.name()))
                    .toList());
        }
        this.crowd = new AtomicIntegerArray(engine.loops().size());
        this.reception = new Reception(engine, fence, seed, this::begin);
        this.hogs = new Hogs(scenario, this::doingOn);
        this.stopWatching = engine.onStall(hogs::found);
        this.conductor = new Conductor(options.startSpread().toNanos(), lives, this::begin);
        conductor.start();
    }

    /**
     * Runs user {@code i} of {@code vus} while {@code i < curve(t)}; replaces what was followed before, so that only the
     * difference starts and stops. A user that is no longer wanted ends after its current step. After {@link #drain} it does
     * nothing.
     *
     * @param t0Nanos the {@link System#nanoTime} at which the curve's time is 0
     */
    public void follow(VuSet vus, LoadCurve curve, long t0Nanos) {
        conductor.follow(vus, curve, t0Nanos);
    }

    /**
     * The open model: serves its part of the arrivals, each by one step of a user that is free, and has as many users as that
     * takes, up to the pool. A change of the rate alone goes on with what has arrived so far; nothing that is due is dropped.
     * After {@link #drain} it does nothing. A run follows users or arrivals, not both.
     */
    public void follow(ArrivalLoad load) {
        reception.follow(load);
        VuSet pool = load.pool();
        lives.values().stream().filter(life -> !pool.contains(life.id())).forEach(VuLife::end);
    }

    /** Lets all users end, each after its current step, until something is followed again. */
    public void rest() {
        conductor.follow(VuSet.EMPTY, LoadCurve.ZERO, System.nanoTime());
        reception.rest();
        lives.values().forEach(VuLife::end);
    }

    /**
     * Ends all users, each after its current step; after {@code timeout} those left are interrupted. Returns when all have
     * ended, and in any case after {@code timeout}, twice the limit of {@code onStop} (once for the user's own, once for giving
     * back what it leased) and the grace of the options. A second call with less time shortens the first.
     */
    public Drained drain(Duration timeout) throws InterruptedException {
        long mine = System.nanoTime() + timeout.toNanos();
        if (!drainBegun || mine - drainDeadlineNanos < 0) {
            drainDeadlineNanos = mine;
            drainBegun = true;
            LockSupport.unpark(drainer);
        }
        draining.lockInterruptibly();
        try {
            drainer = Thread.currentThread();
            conductor.close();
            reception.close();
            lives.values().forEach(VuLife::end);
            int interrupted = awaitEnd();
            run.offload().close();
            stopWatching.run();
            return new Drained(
                    interrupted,
                    lives.values().stream().map(VuLife::describe).sorted().toList());
        } finally {
            drainer = null;
            draining.unlock();
        }
    }

    private int awaitEnd() throws InterruptedException {
        VuOptions options = run.options();
        long boundNanos =
                2 * options.stopTimeout().toNanos() + options.interruptGrace().toNanos();
        int interrupted = 0;
        boolean late = false;
        while (!lives.isEmpty()) {
            long now = System.nanoTime();
            long left = drainDeadlineNanos - now;
            if (left <= 0) {
                if (left <= -boundNanos) {
                    break;
                }
                int hit = 0;
                for (VuLife life : lives.values()) {
                    hit += life.interrupt() ? 1 : 0;
                }
                interrupted = late ? interrupted : hit;
                late = true;
                left = AGAIN_NANOS;
            }
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while users were ending");
            }
        }
        return interrupted;
    }

    /** Users between the start of {@code onInit} and the end of {@code onStop}. */
    public int activeVus() {
        return active.get();
    }

    /** Users started so far. */
    public long startedVus() {
        return started.get();
    }

    /** Users that ended by an exception before their first step. */
    public long failedVus() {
        return failed.get();
    }

    /** Starts that were intended by now but have not happened. */
    public long debt() {
        return unbegun() + arrivals().debt();
    }

    private long unbegun() {
        return Math.max(0, submitted.get() - started.get() - unborn.get()) + conductor.kept();
    }

    /** Why the scenario asks for the end of the whole run, if it does; the first reason of this worker. */
    public Optional<String> abortReason() {
        return run.abort().reason();
    }

    /** Arrivals so far; none in the closed model. */
    public ArrivalCounts arrivals() {
        return reception.counts();
    }

    /** The place in the scenario that held a loop last, and how often that happened; empty if it never did. */
    public Optional<String> warning() {
        return hogs.warning();
    }

    private @Nullable String doingOn(Thread thread) {
        return lives.values().stream()
                .map(life -> life.doingOn(thread))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Ends all users at once, as a {@link #drain} without time; returns within the same bound. */
    @Override
    public void close() {
        try {
            drain(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives user {@code id} a life on the loop with the fewest; called by the conductor. */
    private void begin(int id) {
        int index = 0;
        for (int i = 1; i < crowd.length(); i++) {
            index = crowd.get(i) < crowd.get(index) ? i : index;
        }
        begin(id, run.engine().loops().get(index), null);
    }

    /** Gives user {@code id} a life on the loop of {@code line}; called on that loop. */
    private void begin(int id, ArrivalLine line) {
        begin(id, line.loop(), line);
    }

    private void begin(int id, Loop loop, @Nullable ArrivalLine line) {
        VuLife life = new VuLife(run, id, loop, stepSeriesByLoop.get(loop.index()), count, line);
        lives.put(id, life);
        crowd.incrementAndGet(loop.index());
        try {
            life.start();
        } catch (RuntimeException | Error e) {
            lives.remove(id, life);
            crowd.decrementAndGet(loop.index());
            throw e;
        }
        submitted.incrementAndGet();
        if (drainBegun) {
            // The drain may have looked at the lives before this one was among them.
            life.end();
        }
    }

    /** Counts the lives, on their threads. */
    private final class Count implements VuLife.Witness {
        @Override
        public void begun(VuLife life) {
            active.incrementAndGet();
            started.incrementAndGet();
        }

        @Override
        public void failed(VuLife life) {
            failed.incrementAndGet();
        }

        @Override
        public void over(VuLife life, boolean begun) {
            if (begun) {
                active.decrementAndGet();
            } else {
                unborn.incrementAndGet();
            }
            conductor.over(life);
            lives.remove(life.id(), life);
            crowd.decrementAndGet(life.loop().index());
            leaveLine(life);
            conductor.wake();
            LockSupport.unpark(drainer);
        }
    }

    private void leaveLine(VuLife life) {
        ArrivalLine line = life.line();
        if (line == null) {
            return;
        }
        try {
            life.loop().execute(() -> line.over(life.id(), life.prepared()));
        } catch (RejectedExecutionException e) {
            LOG.debug("VU {} outlived its engine", life.id(), e);
        }
    }

    /**
     * How the end went.
     *
     * @param interrupted users that had to be interrupted
     * @param abandoned users that did not even end then, each with where it stands
     */
    public record Drained(int interrupted, List<String> abandoned) {
        public Drained {
            abandoned = List.copyOf(abandoned);
        }
    }
}
