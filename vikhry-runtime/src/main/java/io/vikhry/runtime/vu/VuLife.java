package io.vikhry.runtime.vu;

import io.vikhry.api.StepStrategies;
import io.vikhry.api.StepStrategy;
import io.vikhry.api.VU;
import io.vikhry.api.VuContext;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.metrics.Kind;
import io.vikhry.runtime.metrics.Series;
import io.vikhry.runtime.scenario.DurationText;
import io.vikhry.runtime.scenario.ScenarioStep;
import io.vikhry.runtime.vu.StepRuns.Body;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of one user, from construction to {@code onStop}, on a virtual thread of its loop.
 *
 * <p>Everything here belongs to that thread, but for the ways in from outside: {@link #end} asks it to end after the current
 * step, {@link #interrupt} ends what it is doing, and the loop's timer interrupts what has taken too long. All of these go
 * through {@link Stretch}, so that none reaches code it was not meant for.
 */
final class VuLife implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(VuLife.class);
    /** Steps in a row without idling after which the other users of the loop get a turn. */
    private static final int TURN = 8;

    private final RunSetting run;
    private final int id;
    private final Loop loop;
    private final List<Series> stepSeries;
    private final Witness witness;
    /** Whose arrivals the user serves, or {@code null}: it paces itself. */
    private final @Nullable ArrivalLine line;

    private final UserContext context;
    private final Thread thread;
    private final Stretch stretch;
    private volatile @Nullable ParallelSteps beside;
    private @Nullable VU user;
    private StepStrategy strategy = StepStrategies.sequentialWeighted();
    private volatile boolean ending;
    /** When the arrival that the user was given is intended, or {@link ArrivalLine#NONE}; set by the loop. */
    private volatile long given = ArrivalLine.NONE;
    /** Whether it takes no arrivals any more; on the loop only. */
    private boolean left;

    private boolean prepared;
    private volatile String doing = "waiting to begin";

    /** Who counts lives. Called on the life's own thread. */
    interface Witness {
        /** {@code onInit} is next. */
        void begun(VuLife life);

        /** An exception ended it before its first step. */
        void failed(VuLife life);

        /** It is over; {@code onStop} has run, if anything had begun at all. */
        void over(VuLife life, boolean begun);
    }

    /**
     * A life that has not begun.
     *
     * @param stepSeries the series of the scenario's steps on {@code loop}
     * @param line whose arrivals it serves, or {@code null} for a user that paces itself
     */
    VuLife(RunSetting run, int id, Loop loop, List<Series> stepSeries, Witness witness, @Nullable ArrivalLine line) {
        this.run = run;
        this.id = id;
        this.loop = loop;
        this.stepSeries = stepSeries;
        this.witness = witness;
        this.line = line;
        this.context = new UserContext(run, id, loop);
        this.thread = loop.newThread("vu-" + id, this);
        this.stretch = new Stretch(loop, thread);
        context.runOn(stretch);
        thread.setContextClassLoader(run.scenario().classLoader());
    }

    int id() {
        return id;
    }

    void start() {
        thread.start();
    }

    /** Lets the user end after its current step. Any thread may call. */
    void end() {
        ending = true;
        LockSupport.unpark(thread);
    }

    /** Whose arrivals it serves. */
    @Nullable ArrivalLine line() {
        return line;
    }

    Loop loop() {
        return loop;
    }

    /** Whether its preparations went well, so that it has run steps or could have. */
    boolean prepared() {
        return prepared;
    }

    /** On the loop: gives it an arrival to serve; false if it has left. */
    boolean give(long intendedNanos) {
        if (left) {
            return false;
        }
        given = intendedNanos;
        LockSupport.unpark(thread);
        return true;
    }

    /** Whether somebody asked for its end from outside. */
    boolean isToEnd() {
        return ending;
    }

    /** Interrupts what the user is doing, unless that is {@code onStop}. Any thread may call, also again. */
    boolean interrupt() {
        ParallelSteps steps = beside;
        boolean hit = stretch.interruptForEnd();
        return (steps != null && steps.interruptForEnd()) | hit;
    }

    /** What it is doing and where it stands, for people. */
    String describe() {
        ParallelSteps steps = beside;
        Stream<Thread> children = steps == null ? Stream.of() : steps.threads().stream();
        String place = Stream.concat(children, Stream.of(thread))
                .flatMap(t -> Arrays.stream(t.getStackTrace()))
                .filter(frame -> run.scenario().owns(frame.getClassName()))
                .findFirst()
                .map(frame -> " at " + frame.getClassName() + "." + frame.getMethodName() + "(" + frame.getFileName()
                        + ":" + frame.getLineNumber() + ")")
                .orElse("");
        return "VU " + id + " in " + doing + place;
    }

    /** What it is doing on that thread, or {@code null} if the thread is not its own. Any thread may call. */
    @Nullable String doingOn(Thread asked) {
        ParallelSteps steps = beside;
        return asked == thread ? doing : steps == null ? null : steps.stepOn(asked);
    }

    @Override
    public void run() {
        boolean begun = false;
        try {
            awaitFence();
            if (!isEnding()) {
                begun = true;
                witness.begun(this);
                live();
            }
        } catch (RuntimeException | Error e) {
            LOG.error("VU {} ended by a fault of the runtime", id, e);
        } finally {
            witness.over(this, begun);
        }
    }

    private void live() {
        try {
            if (prepare("onInit", this::init) && !isEnding() && prepare("onStart", this::begin)) {
                prepared = true;
                if (line == null) {
                    runSteps(theUser(), strategy);
                } else {
                    serve(theUser(), strategy, line);
                }
            }
        } catch (StrategyException e) {
            strategyFailed(e.thrown());
        } finally {
            if (user != null) {
                lifecycle(
                        "onStop",
                        true,
                        run.options().stopTimeout(),
                        () -> theUser().onStop());
            }
            context.closeClients(e -> LOG.warn("VU {}: closing an HTTP client failed", id, e));
            LeasedResources leased = context.leased();
            if (leased != null) {
                lifecycle("release", true, run.options().stopTimeout(), leased::releaseAll);
            }
        }
    }

    private void begin() throws Exception {
        theUser().onStart();
        strategy = theUser().strategy();
        if (strategy == null) {
            throw new IllegalStateException(
                    "strategy() gave null; override it with one of StepStrategies, or your own");
        }
    }

    private void init() throws Throwable {
        VU fresh = run.scenario().newUser(run.params());
        VuContext.attach(fresh, context);
        user = fresh;
        fresh.onInit();
    }

    private VU theUser() {
        VU u = user;
        if (u == null) {
            throw new IllegalStateException("the user was not constructed");
        }
        return u;
    }

    private void strategyFailed(Throwable thrown) {
        Series series = loop.recorder().series(Kind.LIFECYCLE, "", "strategy");
        series.record(0, 0, true, Outcome.EXCEPTION, 0, 0);
        StepRuns.report(run, loop, series, Outcome.EXCEPTION, thrown, Outcome.message(thrown));
    }

    private boolean prepare(String name, Body body) {
        String code = lifecycle(name, false, Duration.ZERO, body);
        boolean done = code.equals(Outcome.OK);
        if (!done && !code.equals(Outcome.CANCELLED)) {
            witness.failed(this);
        }
        return done;
    }

    /** Runs a piece of the user's life outside steps and records how it went; a limit of zero is none. */
    private String lifecycle(String name, boolean shielded, Duration limit, Body body) {
        doing = name;
        long begin = System.nanoTime();
        stretch.begin(shielded, limit.toNanos());
        Throwable thrown = StepRuns.attempt(body);
        long service = System.nanoTime() - begin;
        String code = Outcome.code(thrown, stretch.end());
        boolean failed = !code.equals(Outcome.OK);
        Series series = loop.recorder().series(Kind.LIFECYCLE, "", name);
        series.record(service, service, failed, code, 0, 0);
        if (failed && !code.equals(Outcome.CANCELLED)) {
            String message = code.equals(Outcome.TIMEOUT) || thrown == null
                    ? name + " took longer than " + DurationText.format(limit) + " and was interrupted"
                    : Outcome.message(thrown);
            StepRuns.report(run, loop, series, code, thrown, message);
        }
        return code;
    }

    private void runSteps(VU vu, StepStrategy strategy) {
        List<ScenarioStep> steps = run.scenario().steps();
        StepClock clock =
                new StepClock(steps, new SplittableRandom(RunSetting.mix(run.seed(), ~id))).spread(StepClock.phase(id));
        StepRuns runs = new StepRuns(run, loop, stepSeries, context, vu);
        if (strategy.parallel()) {
            context.beginParallel(steps.size());
            runBeside(new ParallelSteps(strategy, clock, runs, steps, loop, context));
        } else {
            runInTurn(clock, strategy, runs);
        }
    }

    private void runInTurn(StepClock clock, StepStrategy strategy, StepRuns runs) {
        boolean byWeight = strategy.equals(StepStrategies.sequentialWeighted());
        int inARow = 0;
        while (!isEnding()) {
            if (!run.fence().isOpen()) {
                doing = "waiting for its worker's lease";
                awaitFence();
                continue;
            }
            long now = System.nanoTime();
            int next = byWeight ? clock.choose(now) : clock.choose(strategy, now);
            if (next == StepClock.NONE) {
                doing = "waiting for its next step";
                idleUntil(now + clock.nanosToNext(now));
                inARow = 0;
            } else {
                runStep(clock, next, runs, now, clock.start(next, now));
                if (++inARow == TURN) {
                    inARow = 0;
                    Thread.yield();
                }
            }
        }
    }

    /** One step for each arrival, from its intended time, until the user ends; nothing runs beside anything. */
    private void serve(VU vu, StepStrategy strategy, ArrivalLine arrivals) {
        List<ScenarioStep> steps = run.scenario().steps();
        StepClock clock = StepClock.unpaced(steps, new SplittableRandom(RunSetting.mix(run.seed(), ~id)));
        StepRuns runs = new StepRuns(run, loop, stepSeries, context, vu);
        onLoop(arrivals::prepared);
        try {
            serve(clock, strategy, runs, arrivals);
        } finally {
            onLoop(() -> {
                left = true;
                if (given != ArrivalLine.NONE) {
                    arrivals.giveBack(given);
                }
            });
        }
    }

    private void serve(StepClock clock, StepStrategy strategy, StepRuns runs, ArrivalLine arrivals) {
        boolean byWeight = strategy.equals(StepStrategies.sequentialWeighted());
        Runnable ask = () -> {
            long next = arrivals.next(this);
            if (next != ArrivalLine.NONE) {
                give(next);
            }
        };
        int inARow = 0;
        while (!isEnding()) {
            if (loop.inLoop()) {
                given = arrivals.next(this);
            } else {
                loop.execute(ask);
            }
            long intended = awaitArrival();
            int next = StepClock.NONE;
            long now = System.nanoTime();
            while (next == StepClock.NONE && !isEnding()) {
                now = System.nanoTime();
                next = byWeight ? clock.choose(now) : clock.choose(strategy, now);
                if (next == StepClock.NONE) {
                    doing = "waiting for its strategy";
                    idleUntil(now + clock.nanosToNext(now));
                }
            }
            if (isEnding()) {
                return;
            }
            given = ArrivalLine.NONE;
            arrivals.started();
            runStep(clock, next, runs, now, Math.max(0, now - intended));
            arrivals.completed();
            if (++inARow == TURN) {
                inARow = 0;
                Thread.yield();
            }
        }
    }

    /** When the next arrival is intended, once there is one and the worker has its lease; of no meaning if the user ends. */
    private long awaitArrival() {
        while (given == ArrivalLine.NONE && !isEnding()) {
            doing = "waiting for an arrival";
            LockSupport.park(this);
            Thread.interrupted();
        }
        if (!run.fence().isOpen()) {
            doing = "waiting for its worker's lease";
            awaitFence();
        }
        return given;
    }

    private void onLoop(Runnable action) {
        if (loop.inLoop()) {
            action.run();
        } else {
            loop.execute(action);
        }
    }

    private void runStep(StepClock clock, int index, StepRuns runs, long now, long lateness) {
        ScenarioStep step = run.scenario().steps().get(index);
        doing = step.name();
        context.enter(step.name(), lateness);
        if (runs.run(step, now, lateness, stretch)) {
            clock.succeed(index);
        }
        context.enter("", 0);
    }

    /** Steps beside one another; those under way when the end comes are waited for. */
    private void runBeside(ParallelSteps steps) {
        beside = steps;
        doing = "steps beside one another";
        try {
            while (!isEnding()) {
                if (run.fence().isOpen()) {
                    long wait = steps.startReady();
                    if (!isEnding()) {
                        LockSupport.parkNanos(this, wait);
                        Thread.interrupted();
                    }
                } else {
                    awaitFence();
                }
            }
        } finally {
            while (steps.busy()) {
                LockSupport.park(this);
                Thread.interrupted();
            }
            beside = null;
        }
    }

    private void awaitFence() {
        run.fence().await(() -> {
            // A mark left by the scenario's own threads would turn parking into spinning.
            Thread.interrupted();
            return isEnding();
        });
    }

    private void idleUntil(long nanos) {
        long left = nanos - System.nanoTime();
        while (left > 0 && !isEnding()) {
            LockSupport.parkNanos(this, left);
            Thread.interrupted();
            left = nanos - System.nanoTime();
        }
    }

    private boolean isEnding() {
        return ending || context.isStopped() || run.fence().isClosed();
    }
}
