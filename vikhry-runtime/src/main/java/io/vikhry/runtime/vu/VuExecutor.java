package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.http.Repertoires;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.VuSet;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ParamValues;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs one worker's users of one run: starts and ends them as the load says.
 *
 * <p>A thread of its own, the {@link Conductor}, decides who starts and ends, so that no busy loop delays that decision; in the
 * open model the {@link Reception} does, on the loops. Each user then lives on its loop, as one of a {@link Crowd}. Any thread
 * may call the public methods.
 */
public final class VuExecutor implements AutoCloseable {
    private final RunSetting run;
    private final Crowd crowd;
    private final Conductor conductor;
    private final Reception reception;
    private final Hogs hogs;
    private final Runnable stopWatching;
    private final ReentrantLock draining = new ReentrantLock();
    /** Users of what is followed. */
    private volatile VuSet mine = VuSet.EMPTY;

    /** Nobody runs before the first {@link #follow}. */
    public VuExecutor(
            Engine engine,
            LoadedScenario scenario,
            ParamValues params,
            long seed,
            Fence fence,
            ResourceLeases leases,
            Commons commons,
            VuOptions options,
            Leash leash) {
        this.run = new RunSetting(
                engine,
                scenario,
                params,
                seed,
                fence,
                leases,
                commons,
                options,
                new Offload(scenario.classLoader()),
                new RunAbort(),
                leash.hosts(),
                engine.loops().stream().map(loop -> leash.gate(loop, fence)).toList(),
                engine.loops().stream().map(loop -> new Repertoires()).toList(),
                new Downbeats(scenario.steps().size()));
        this.crowd = new Crowd(run);
        this.reception = new Reception(engine, fence, seed, crowd::begin);
        this.hogs = new Hogs(scenario, crowd::doingOn);
        this.stopWatching = engine.onStall(hogs::found);
        this.conductor = new Conductor(options, crowd);
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
        mine = vus;
        conductor.follow(vus, curve, t0Nanos);
    }

    /**
     * The open model: serves its part of the arrivals, each by one step of a user that is free, and has as many users as that
     * takes, up to the pool. A change of the rate alone goes on with what has arrived so far; nothing that is due is dropped.
     * After {@link #drain} it does nothing. A run follows users or arrivals, not both.
     */
    public void follow(ArrivalLoad load) {
        VuSet pool = load.pool();
        mine = pool;
        reception.follow(load);
        crowd.each(life -> {
            if (!pool.contains(life.id())) {
                life.end();
            }
        });
    }

    /** Lets all users end, each after its current step, until something is followed again. */
    public void rest() {
        mine = VuSet.EMPTY;
        conductor.follow(VuSet.EMPTY, LoadCurve.ZERO, System.nanoTime());
        reception.rest();
        crowd.endAll();
    }

    /**
     * Ends all users, each after its current step; after {@code timeout} those left are interrupted. Returns when all have
     * ended, and in any case after {@code timeout}, twice the limit of {@code onStop} (once for the user's own, once for giving
     * back what it leased) and the grace of the options. A second call with less time shortens the first.
     */
    public Drained drain(Duration timeout) throws InterruptedException {
        crowd.endBy(System.nanoTime() + timeout.toNanos());
        draining.lockInterruptibly();
        try {
            conductor.close();
            reception.close();
            int interrupted = crowd.awaitEnd();
            run.offload().close();
            stopWatching.run();
            return new Drained(interrupted, crowd.describe());
        } finally {
            draining.unlock();
        }
    }

    /**
     * Whether nobody is at work but users of what is followed, nor will anybody else start: those who were dismissed have ended
     * and may live elsewhere.
     */
    public boolean settled() {
        VuSet users = mine;
        boolean starting = !conductor.follows(users) && !conductor.follows(VuSet.EMPTY);
        return !starting && reception.settled() && crowd.consistsOf(users);
    }

    /**
     * Ends all users at once: their requests in flight are cut, and recorded as cancelled; {@code onStop} does not run. Close the
     * fence before, so that nothing more is sent. {@link #drain} awaits the end.
     */
    public void kill() {
        crowd.kill();
    }

    /** Users between the start of {@code onInit} and the end of {@code onStop}. */
    public int activeVus() {
        return crowd.active();
    }

    /** Users started so far. */
    public long startedVus() {
        return crowd.started();
    }

    /** Users that ended by an exception before their first step. */
    public long failedVus() {
        return crowd.failed();
    }

    /** Users that are wanted but ended by themselves, and are not replaced. */
    public int goneVus() {
        return conductor.gone();
    }

    /** Users that the scenario itself ended, by {@code stop()} or the policy of a step. */
    public long quitVus() {
        return crowd.quit();
    }

    /** Starts that were intended by now but have not happened. */
    public long debt() {
        return crowd.unbegun() + conductor.kept() + arrivals().debt();
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

    /** Ends all users at once, as a {@link #drain} without time; returns within the same bound. */
    @Override
    public void close() {
        try {
            drain(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
