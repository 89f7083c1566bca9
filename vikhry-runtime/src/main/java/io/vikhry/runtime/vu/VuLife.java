package io.vikhry.runtime.vu;

import io.vikhry.api.StepStrategies;
import io.vikhry.api.StepStrategy;
import io.vikhry.api.VU;
import io.vikhry.api.VuContext;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.metrics.Series;
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
 * One life of one user, from construction to {@code onStop}, on a virtual thread of its loop. What it does between {@code
 * onStart} and {@code onStop} is the matter of {@link Turns}, {@link ParallelSteps} or {@link Attendant}.
 *
 * <p>Everything here belongs to that thread, but for the ways in from outside: {@link #end} asks it to end after the current
 * step, {@link #interrupt} ends what it is doing, and the loop's timer interrupts what has taken too long. The last two go
 * through {@link Stretch}, so that none reaches code it was not meant for.
 */
final class VuLife implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(VuLife.class);

    private final RunSetting run;
    private final int id;
    private final Loop loop;
    private final List<Series> stepSeries;
    private final Witness witness;
    /** Whose arrivals the user serves, or {@code null}: it paces itself. */
    private final @Nullable ArrivalLine line;

    private final UserContext context;
    private final Vigil vigil;
    private final Thread thread;
    private final Stretch stretch;
    private volatile @Nullable ParallelSteps beside;
    private @Nullable VU user;
    private StepStrategy strategy = StepStrategies.sequentialWeighted();
    private boolean prepared;
    private boolean idle;
    private boolean failed;
    private volatile boolean killed;

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
        this.vigil = new Vigil(run.fence(), context);
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
        vigil.end();
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

    /** Whether it ended by itself before it had served any arrival; to be asked when it is over. */
    boolean idle() {
        return idle;
    }

    /** Whether an exception ended its preparations; to be asked when it is over. */
    boolean failed() {
        return failed;
    }

    /** Whether somebody asked for its end from outside. */
    boolean isToEnd() {
        return vigil.isDismissed();
    }

    /** Cuts what it has in flight and ends it at once, without {@code onStop}. Any thread may call, after the fence is closed. */
    void kill() {
        killed = true;
        end();
        closeClients();
        interrupt();
    }

    private void closeClients() {
        context.closeClients(e -> LOG.warn("VU {}: closing an HTTP client failed", id, e));
    }

    /** Whether the scenario itself asked for its end. */
    boolean quit() {
        return context.isStopped();
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
        return "VU " + id + " in " + vigil.doing() + place;
    }

    /** What it is doing on that thread, or {@code null} if the thread is not its own. Any thread may call. */
    @Nullable String doingOn(Thread asked) {
        ParallelSteps steps = beside;
        return asked == thread ? vigil.doing() : steps == null ? null : steps.stepOn(asked);
    }

    @Override
    public void run() {
        boolean begun = false;
        try {
            vigil.awaitFence();
            if (!vigil.isOver()) {
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
            if (prepare("onInit", this::init) && !vigil.isOver() && prepare("onStart", this::begin)) {
                prepared = true;
                work();
            }
        } catch (StrategyException e) {
            lifecycle().strategyFailed(e.thrown());
        } finally {
            if (user != null && !killed) {
                lifecycle()
                        .run(
                                "onStop",
                                true,
                                run.options().stopTimeout(),
                                () -> theUser().onStop());
            }
            closeClients();
            LeasedResources leased = context.leased();
            if (leased != null) {
                lifecycle().run("release", true, run.options().stopTimeout(), leased::releaseAll);
            }
        }
    }

    private void init() throws Throwable {
        VU fresh = run.scenario().newUser(run.params());
        VuContext.attach(fresh, context);
        user = fresh;
        fresh.onInit();
    }

    private void begin() throws Exception {
        theUser().onStart();
        strategy = theUser().strategy();
        if (strategy == null) {
            throw new IllegalStateException(
                    "strategy() gave null; override it with one of StepStrategies, or your own");
        }
    }

    private VU theUser() {
        VU u = user;
        if (u == null) {
            throw new IllegalStateException("the user was not constructed");
        }
        return u;
    }

    private void work() {
        List<ScenarioStep> steps = run.scenario().steps();
        SplittableRandom random = new SplittableRandom(RunSetting.mix(run.seed(), ~id));
        StepClock clock = line == null
                ? new StepClock(steps, random).spread(id, run.downbeats())
                : StepClock.unpaced(steps, random);
        StepRuns runs = new StepRuns(run, loop, stepSeries, context, theUser());
        if (line == null && besideOneAnother()) {
            context.beginParallel(steps.size());
            ParallelSteps parallel = new ParallelSteps(strategy, clock, runs, steps, loop, context);
            beside = parallel;
            try {
                parallel.run(vigil);
            } finally {
                beside = null;
            }
            return;
        }
        Turns turns = new Turns(loop, steps, clock, strategy, runs, context, stretch, vigil);
        if (line == null) {
            while (!vigil.isOver()) {
                turns.keepPace();
            }
        } else {
            serve(new Attendant(line, turns, vigil));
        }
    }

    private void serve(Attendant attendant) {
        try {
            attendant.serve();
        } finally {
            idle = !attendant.hasServed() && !isToEnd();
        }
    }

    private boolean besideOneAnother() {
        try {
            return strategy.parallel();
        } catch (Throwable e) {
            throw new StrategyException(e);
        }
    }

    private boolean prepare(String name, Body body) {
        String code = lifecycle().run(name, false, Duration.ZERO, body);
        boolean done = code.equals(Outcome.OK);
        if (!done && !code.equals(Outcome.CANCELLED)) {
            failed = true;
            witness.failed(this);
        }
        return done;
    }

    /** Made anew each time: a user that waits between steps keeps none. */
    private Lifecycle lifecycle() {
        return new Lifecycle(run, loop, vigil, stretch);
    }
}
