package io.vikhry.runtime.vu;

import io.vikhry.api.StepStrategies;
import io.vikhry.api.StepStrategy;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.http.Gate;
import io.vikhry.runtime.scenario.ScenarioStep;
import java.util.List;

/** One user's steps, one after another on its own thread. */
final class Turns {
    /** Steps in a row in which its thread did not wait, after which the other users of the loop get a turn. */
    private static final int TURN = 8;

    /**
     * Rounds after which a user's loop returns, only to be called again. The frame of a user who began before the JVM had compiled
     * that loop would else be interpreted as long as the user lives, and each of its waits be one of an interpreted stack, which is
     * put away and brought back frame by frame.
     */
    static final int ROUNDS = 64;

    private final List<ScenarioStep> steps;
    private final StepClock clock;
    private final StepStrategy strategy;
    private final boolean byWeight;
    private final StepRuns runs;
    private final UserContext context;
    private final Stretch stretch;
    private final Vigil vigil;
    private final Loop loop;
    private int inARow;

    Turns(
            Loop loop,
            List<ScenarioStep> steps,
            StepClock clock,
            StepStrategy strategy,
            StepRuns runs,
            UserContext context,
            Stretch stretch,
            Vigil vigil) {
        this.loop = loop;
        this.steps = steps;
        this.clock = clock;
        this.strategy = strategy;
        this.byWeight = StepStrategies.sequentialWeighted().equals(strategy);
        this.runs = runs;
        this.context = context;
        this.stretch = stretch;
        this.vigil = vigil;
    }

    /** Runs steps at the pace of their clock for some {@link #ROUNDS}, or until the user is to end. */
    void keepPace() {
        for (int round = 0; round < ROUNDS && !vigil.isOver(); round++) {
            long now = vigil.workNow();
            if (now == Gate.SHUT) {
                vigil.awaitFence();
                continue;
            }
            int next = choose(now);
            if (next == StepClock.NONE) {
                idle(now, "waiting for its next step");
            } else {
                run(next, now, clock.start(next, now));
            }
        }
    }

    /** Runs one step, intended for that time, as soon as there is one; whether it did before the user was to end. */
    boolean runOne(long intendedNanos, Runnable whenItStarts) {
        while (!vigil.isOver()) {
            long now = System.nanoTime();
            int next = choose(now);
            if (next != StepClock.NONE) {
                whenItStarts.run();
                run(next, now, Math.max(0, now - intendedNanos));
                return true;
            }
            idle(now, "waiting for its strategy");
        }
        return false;
    }

    private int choose(long now) {
        return byWeight ? clock.choose(now) : clock.choose(strategy, now);
    }

    private void idle(long now, String why) {
        vigil.idleUntil(now + clock.nanosToNext(now), why);
        inARow = 0;
    }

    private void run(int index, long now, long lateness) {
        ScenarioStep step = steps.get(index);
        vigil.doing(step.name());
        context.enter(step.name(), lateness);
        long resumed = loop.continuations();
        if (runs.run(step, now, lateness, stretch)) {
            clock.succeed(index);
        }
        context.enter("", 0);
        if (loop.continuations() != resumed) {
            // It has waited for something: others had their turn.
            inARow = 0;
        } else if (++inARow == TURN) {
            inARow = 0;
            Thread.yield();
        }
    }
}
