package io.vikhry.runtime.vu;

import io.vikhry.api.ReadyStep;
import io.vikhry.api.StepStrategy;
import io.vikhry.runtime.scenario.Every;
import io.vikhry.runtime.scenario.ScenarioStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Says which step a user runs next, and how late it is: chosen at random by weight among those that are ready, or by a strategy.
 *
 * <p>A step's pace begins with its first start, or where {@link #spread} puts it; each further start is intended one draw of {@code every} after the intended
 * start before it, however late that one really was. So a slow answer does not thin out the load that was asked for, and what
 * is late stays late until it is caught up with. Without clocks and threads: the caller says what time it is, in ns.
 */
final class StepClock {
    /** In place of an intended time: the step's pace has not begun. */
    private static final long NOT_PACED = Long.MIN_VALUE;
    /** What {@link #choose} gives where no step is ready. */
    static final int NONE = -1;
    /** How long a strategy that waits is left alone at most. */
    private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final List<ScenarioStep> steps;
    private final RandomGenerator random;
    private final boolean paces;
    private final boolean[] succeeded;
    /** When each step is to start next, or {@link #NOT_PACED}. */
    private final long[] intendedNanos;
    /** Null where steps run one after another. */
    private boolean @Nullable [] busy;
    /** Which steps' paces begin at this user's place in their periods, and have not; null when there is none. */
    private boolean @Nullable [] spread;

    private @Nullable Downbeats downbeats;
    private int id;

    /** Whether the strategy asked last chose nothing of what was ready. */
    private boolean declined;

    StepClock(List<ScenarioStep> steps, RandomGenerator random) {
        this(steps, random, true);
    }

    private StepClock(List<ScenarioStep> steps, RandomGenerator random, boolean paces) {
        this.steps = steps;
        this.random = random;
        this.paces = paces;
        this.succeeded = new boolean[steps.size()];
        this.intendedNanos = new long[steps.size()];
        Arrays.fill(intendedNanos, NOT_PACED);
    }

    /** A clock without a pace of its own: each step is ready when what it requires has succeeded. */
    static StepClock unpaced(List<ScenarioStep> steps, RandomGenerator random) {
        return new StepClock(steps, random, false);
    }

    /**
     * Lets each step of fixed pace that no other step requires begin at the place in its period that user {@code id} has there,
     * so that many users who come at once do not stay in step.
     */
    StepClock spread(int id, Downbeats downbeats) {
        boolean[] spreads = new boolean[steps.size()];
        boolean any = false;
        for (int i = 0; i < spreads.length; i++) {
            Every every = steps.get(i).every();
            String name = steps.get(i).name();
            boolean required = steps.stream().anyMatch(other -> other.requires().contains(name));
            spreads[i] = paces && every != null && every.minNanos() == every.maxNanos() && !required;
            any |= spreads[i];
        }
        this.spread = any ? spreads : null;
        this.downbeats = downbeats;
        this.id = id;
        return this;
    }

    private void beginPaces(long nowNanos) {
        boolean[] spreads = spread;
        Downbeats common = downbeats;
        if (spreads == null || common == null) {
            return;
        }
        boolean left = false;
        for (int i = 0; i < spreads.length; i++) {
            Every every = steps.get(i).every();
            if (spreads[i] && every != null) {
                if (steps.get(i).isAllowed(succeeded)) {
                    intendedNanos[i] = nowNanos + common.nanosToBegin(i, id, nowNanos, every.minNanos());
                    spreads[i] = false;
                } else {
                    left = true;
                }
            }
        }
        spread = left ? spreads : null;
    }

    /** The index of the step to run now, or {@link #NONE}. */
    int choose(long nowNanos) {
        beginPaces(nowNanos);
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

    /**
     * The index of the step that {@code strategy} starts now, or {@link #NONE}.
     *
     * @throws StrategyException if it fails, or names a step that is not ready
     */
    int choose(StepStrategy strategy, long nowNanos) {
        beginPaces(nowNanos);
        List<ReadyStep> ready = new ArrayList<>(intendedNanos.length);
        for (int i = 0; i < intendedNanos.length; i++) {
            if (isReady(i, nowNanos)) {
                long late = isPaced(i) ? nowNanos - intendedNanos[i] : 0;
                ready.add(new ReadyStep(steps.get(i).name(), steps.get(i).weight(), Duration.ofNanos(late)));
            }
        }
        declined = false;
        if (ready.isEmpty()) {
            return NONE;
        }
        Optional<ReadyStep> chosen;
        try {
            chosen = Objects.requireNonNull(
                    strategy.choose(List.copyOf(ready), random),
                    "the strategy gave null: give Optional.empty() to wait");
        } catch (Throwable e) {
            throw new StrategyException(e);
        }
        if (chosen.isEmpty()) {
            declined = true;
            return NONE;
        }
        for (int i = 0; i < intendedNanos.length; i++) {
            if (steps.get(i).name().equals(chosen.get().name()) && isReady(i, nowNanos)) {
                return i;
            }
        }
        throw new StrategyException(new IllegalStateException("the strategy chose step \""
                + chosen.get().name() + "\", which is not ready: choose one of those it was given"));
    }

    /** Step {@code i} runs, beside others, or has ended; while it runs it is not ready. */
    void busy(int i, boolean now) {
        boolean[] all = busy;
        if (all == null) {
            all = new boolean[steps.size()];
            busy = all;
        }
        all[i] = now;
    }

    /** How long until a step is ready, in ns, given that none starts, succeeds or ends until then. */
    long nanosToNext(long nowNanos) {
        long least = declined ? ASK_AGAIN_NANOS : Long.MAX_VALUE;
        for (int i = 0; i < intendedNanos.length; i++) {
            if (!isBusy(i) && steps.get(i).isAllowed(succeeded) && !(declined && isReady(i, nowNanos))) {
                least = Math.min(least, isPaced(i) ? Math.max(0, intendedNanos[i] - nowNanos) : 0);
            }
        }
        return least;
    }

    /** Starts step {@code i} and says how much later that is than intended, in ns, 0 or more. */
    long start(int i, long nowNanos) {
        Every every = steps.get(i).every();
        if (every == null || !paces) {
            return 0;
        }
        long intended = isPaced(i) ? intendedNanos[i] : nowNanos;
        intendedNanos[i] = intended + every.drawNanos(random);
        return Math.max(0, nowNanos - intended);
    }

    /** Step {@code i} has succeeded: those that require it may run. */
    void succeed(int i) {
        succeeded[i] = true;
    }

    private boolean isPaced(int i) {
        return intendedNanos[i] != NOT_PACED;
    }

    private boolean isBusy(int i) {
        boolean[] all = busy;
        return all != null && all[i];
    }

    private boolean isReady(int i, long nowNanos) {
        return !isBusy(i)
                && (!isPaced(i) || intendedNanos[i] - nowNanos <= 0)
                && steps.get(i).isAllowed(succeeded);
    }
}
