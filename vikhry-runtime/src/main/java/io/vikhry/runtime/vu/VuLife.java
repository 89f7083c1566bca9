package io.vikhry.runtime.vu;

import io.vikhry.api.VU;
import io.vikhry.api.VuContext;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.engine.Timer;
import io.vikhry.runtime.metrics.Kind;
import io.vikhry.runtime.metrics.Series;
import io.vikhry.runtime.scenario.DurationText;
import io.vikhry.runtime.scenario.ScenarioStep;
import io.vikhry.runtime.scenario.StackText;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of one user, from construction to {@code onStop}, on a virtual thread of its loop.
 *
 * <p>Everything here belongs to that thread, but for the ways in from outside: {@link #end} asks it to end after the current
 * step, {@link #interrupt} ends what it is doing, and the loop's timer interrupts what has taken too long. All of these go
 * through {@link Section}, so that none reaches code it was not meant for.
 */
final class VuLife implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(VuLife.class);
    /** Who took no notice of an interrupt is interrupted again; code may have swallowed the first. */
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** Steps in a row without idling after which the other users of the loop get a turn. */
    private static final int TURN = 8;

    private final RunSetting run;
    private final int id;
    private final Loop loop;
    private final List<Series> stepSeries;
    private final Witness witness;
    private final UserContext context;
    private final Section section = new Section();
    private final Thread thread;
    private final Timer timer;
    /** The section that the timer is about; on the loop only. */
    private long timed;

    private @Nullable VU user;
    private volatile boolean ending;
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
     */
    VuLife(RunSetting run, int id, Loop loop, List<Series> stepSeries, Witness witness) {
        this.run = run;
        this.id = id;
        this.loop = loop;
        this.stepSeries = stepSeries;
        this.witness = witness;
        this.context = new UserContext(run, id, loop);
        this.thread = loop.newThread("vu-" + id, this);
        this.timer = loop.timer(this::timeIsUp);
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

    /** Whether somebody asked for its end from outside. */
    boolean isToEnd() {
        return ending;
    }

    /** Interrupts what the user is doing, unless that is {@code onStop}. Any thread may call, also again. */
    boolean interrupt() {
        return section.interruptForEnd(thread);
    }

    /** What it is doing and where it stands, for people. */
    String describe() {
        String place = Arrays.stream(thread.getStackTrace())
                .filter(frame -> run.scenario().owns(frame.getClassName()))
                .findFirst()
                .map(frame -> " at " + frame.getClassName() + "." + frame.getMethodName() + "(" + frame.getFileName()
                        + ":" + frame.getLineNumber() + ")")
                .orElse("");
        return "VU " + id + " in " + doing + place;
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
            if (prepare("onInit", this::init)
                    && !isEnding()
                    && prepare("onStart", () -> theUser().onStart())) {
                runSteps(theUser());
            }
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
        long number = section.begin(shielded);
        if (!limit.isZero()) {
            arm(number, limit.toNanos());
        }
        Throwable thrown = attempt(body);
        long service = System.nanoTime() - begin;
        if (!limit.isZero()) {
            disarm();
        }
        String code = Outcome.code(thrown, section.end());
        boolean failed = !code.equals(Outcome.OK);
        Series series = loop.recorder().series(Kind.LIFECYCLE, "", name);
        series.record(service, service, failed, code, 0, 0);
        if (failed) {
            report(
                    series,
                    code,
                    thrown,
                    name + " took longer than " + DurationText.format(limit) + " and was interrupted");
        }
        return code;
    }

    private void runSteps(VU vu) {
        StepClock clock = new StepClock(run.scenario().steps(), new SplittableRandom(RunSetting.mix(run.seed(), ~id)));
        int inARow = 0;
        while (!isEnding()) {
            if (!run.fence().isOpen()) {
                doing = "waiting for its worker's lease";
                awaitFence();
                continue;
            }
            long now = System.nanoTime();
            int next = clock.choose(now);
            if (next == StepClock.NONE) {
                doing = "waiting for its next step";
                idleUntil(now + clock.nanosToNext(now));
                inARow = 0;
            } else {
                runStep(vu, clock, next, now);
                if (++inARow == TURN) {
                    inARow = 0;
                    Thread.yield();
                }
            }
        }
    }

    private void runStep(VU vu, StepClock clock, int index, long now) {
        ScenarioStep step = run.scenario().steps().get(index);
        long lateness = clock.start(index, now);
        doing = step.name();
        context.enter(step.name(), lateness);
        long number = section.begin(false);
        if (step.timeoutNanos() > 0) {
            arm(number, step.timeoutNanos());
        }
        Throwable thrown = attempt(() -> step.run(vu));
        long service = System.nanoTime() - now;
        if (step.timeoutNanos() > 0) {
            disarm();
        }
        String code = Outcome.code(thrown, section.end());
        context.enter("", 0);
        boolean failed = !code.equals(Outcome.OK);
        Series series = stepSeries.get(index);
        series.record(lateness + service, service, failed, code, 0, 0);
        if (failed) {
            report(series, code, thrown, "the step took longer than " + step.timeoutText() + " and was interrupted");
        } else {
            clock.succeed(index);
        }
    }

    @SuppressWarnings("CatchAndPrintStackTrace")
    private static @Nullable Throwable attempt(Body body) {
        try {
            body.run();
            return null;
        } catch (Throwable e) {
            // Whatever a scenario throws is a result, an Error too: other users must go on.
            return e;
        }
    }

    private void report(Series series, String code, @Nullable Throwable thrown, String ifTimeout) {
        if (code.equals(Outcome.CANCELLED) || (thrown != null && Outcome.isReported(thrown, run.scenario()::owns))) {
            return;
        }
        String message = code.equals(Outcome.TIMEOUT) || thrown == null ? ifTimeout : Outcome.message(thrown);
        String detail = thrown == null ? null : StackText.of(thrown, run.scenario()::owns);
        loop.recorder().error(series, code, message, detail);
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

    private void arm(long number, long nanos) {
        if (loop.inLoop()) {
            timed = number;
            timer.arm(nanos);
        } else {
            loop.execute(() -> {
                timed = number;
                timer.arm(nanos);
            });
        }
    }

    private void disarm() {
        if (loop.inLoop()) {
            timer.cancel();
        } else {
            loop.execute(timer::cancel);
        }
    }

    /** On the loop. */
    private void timeIsUp() {
        if (section.interrupt(thread, timed, Section.Cause.TIMEOUT)) {
            timer.arm(AGAIN_NANOS);
        }
    }

    /** A piece of the scenario's own code. */
    private interface Body {
        void run() throws Throwable;
    }
}
