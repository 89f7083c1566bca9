package io.vikhry.runtime.vu;

import io.vikhry.runtime.scenario.Every;
import io.vikhry.runtime.scenario.ScenarioStep;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Says which step a user runs next, and how late it is: one at a time, chosen at random by weight among those that are ready.
 *
 * <p>A step's pace begins with its first start; each further start is intended one draw of {@code every} after the intended
 * start before it, however late that one really was. So a slow answer does not thin out the load that was asked for, and what
 * is late stays late until it is caught up with. Without clocks and threads: the caller says what time it is, in ns.
 */
final class StepClock {
    /** What {@link #choose} gives where no step is ready. */
    static final int NONE = -1;

    private final List<ScenarioStep> steps;
    private final RandomGenerator random;
    private final boolean[] succeeded;
    private final boolean[] paced;
    private final long[] intendedNanos;

    StepClock(List<ScenarioStep> steps, RandomGenerator random) {
        this.steps = steps;
        this.random = random;
        this.succeeded = new boolean[steps.size()];
        this.paced = new boolean[steps.size()];
        this.intendedNanos = new long[steps.size()];
    }

    /** The index of the step to run now, or {@link #NONE}. */
    int choose(long nowNanos) {
        double total = 0;
        int ready = 0;
        int last = NONE;
        for (int i = 0; i < intendedNanos.length; i++) {
            if (isReady(i, nowNanos)) {
                total += steps.get(i).weight();
                ready++;
                last = i;
            }
        }
        if (ready < 2) {
            return last;
        }
        double at = random.nextDouble() * total;
        for (int i = 0; i < intendedNanos.length; i++) {
            if (isReady(i, nowNanos)) {
                at -= steps.get(i).weight();
                if (at < 0) {
                    return i;
                }
            }
        }
        return last;
    }

    /** How long until a step is ready, in ns, given that none is and that none succeeds until then. */
    long nanosToNext(long nowNanos) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < intendedNanos.length; i++) {
            if (steps.get(i).isAllowed(succeeded)) {
                least = Math.min(least, paced[i] ? Math.max(0, intendedNanos[i] - nowNanos) : 0);
            }
        }
        return least;
    }

    /** Starts step {@code i} and says how much later that is than intended, in ns, 0 or more. */
    long start(int i, long nowNanos) {
        Every every = steps.get(i).every();
        if (every == null) {
            return 0;
        }
        long intended = paced[i] ? intendedNanos[i] : nowNanos;
        paced[i] = true;
        intendedNanos[i] = intended + every.drawNanos(random);
        return Math.max(0, nowNanos - intended);
    }

    /** Step {@code i} has succeeded: those that require it may run. */
    void succeed(int i) {
        succeeded[i] = true;
    }

    private boolean isReady(int i, long nowNanos) {
        return (!paced[i] || intendedNanos[i] - nowNanos <= 0) && steps.get(i).isAllowed(succeeded);
    }
}
