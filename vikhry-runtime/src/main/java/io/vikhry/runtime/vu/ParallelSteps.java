package io.vikhry.runtime.vu;

import io.vikhry.api.StepStrategy;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.scenario.ScenarioStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One user's steps beside one another, each on a child thread of the user's loop.
 *
 * <p>The user's own thread decides what starts; nothing but it touches the clock. A child runs one execution of one step, leaves
 * word in {@link #over}, and wakes the user's thread. Its stretch stands in {@link #running} from before it starts until the
 * user's thread has taken note of its end, so whoever ends the user from outside misses none.
 */
final class ParallelSteps {
    private final StepStrategy strategy;
    private final StepClock clock;
    private final StepRuns runs;
    private final List<ScenarioStep> steps;
    private final Loop loop;
    private final UserContext context;
    private final Thread user = Thread.currentThread();
    private final Queue<Ended> over = new ConcurrentLinkedQueue<>();
    private final AtomicReferenceArray<@Nullable Stretch> running;
    private int count;

    private record Ended(int index, boolean succeeded) {}

    /** To be made on the user's thread. */
    ParallelSteps(
            StepStrategy strategy,
            StepClock clock,
            StepRuns runs,
            List<ScenarioStep> steps,
            Loop loop,
            UserContext context) {
        this.strategy = strategy;
        this.clock = clock;
        this.runs = runs;
        this.steps = steps;
        this.loop = loop;
        this.context = context;
        this.running = new AtomicReferenceArray<>(steps.size());
    }

    /** Runs what the strategy wants until the user is to end; what is under way then is waited for. */
    void run(Vigil vigil) {
        vigil.doing("steps beside one another");
        try {
            while (!vigil.isOver()) {
                if (vigil.mayWork()) {
                    long wait = startReady();
                    if (!vigil.isOver()) {
                        vigil.park(wait);
                    }
                } else {
                    vigil.awaitFence();
                    vigil.doing("steps beside one another");
                }
            }
        } finally {
            while (busy()) {
                vigil.park();
            }
        }
    }

    /** Starts what the strategy wants now and gives how long it has nothing more to do, in ns, unless a step ends. */
    private long startReady() {
        settle();
        while (true) {
            long now = System.nanoTime();
            int next = clock.choose(strategy, now);
            if (next == StepClock.NONE) {
                return clock.nanosToNext(now);
            }
            start(next, now);
        }
    }

    /** Whether any step is under way. */
    private boolean busy() {
        settle();
        return count > 0;
    }

    /** Interrupts what runs. Any thread may call. */
    boolean interruptForEnd() {
        boolean hit = false;
        for (int i = 0; i < running.length(); i++) {
            Stretch stretch = running.get(i);
            hit |= stretch != null && stretch.interruptForEnd();
        }
        return hit;
    }

    /** The step that runs on that thread, or {@code null}. Any thread may call. */
    @Nullable String stepOn(Thread thread) {
        for (int i = 0; i < running.length(); i++) {
            Stretch stretch = running.get(i);
            if (stretch != null && stretch.thread() == thread) {
                return steps.get(i).name();
            }
        }
        return null;
    }

    /** Threads that run steps. Any thread may call. */
    List<Thread> threads() {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < running.length(); i++) {
            Stretch stretch = running.get(i);
            if (stretch != null) {
                threads.add(stretch.thread());
            }
        }
        return threads;
    }

    private void start(int index, long now) {
        long lateness = clock.start(index, now);
        ScenarioStep step = steps.get(index);
        // The child finds its own stretch in the table: it is there before the child starts.
        Thread child = loop.newThread(user.getName() + "/" + step.name(), () -> execute(step, now, lateness));
        running.set(index, new Stretch(loop, child));
        child.start();
        clock.busy(index, true);
        count++;
    }

    private void execute(ScenarioStep step, long chosen, long lateness) {
        boolean succeeded = false;
        try {
            Stretch stretch = running.get(step.index());
            if (stretch == null) {
                throw new IllegalStateException("step " + step.name() + " was not entered");
            }
            context.enter(step, lateness, stretch);
            succeeded = runs.run(step, chosen, lateness, stretch);
        } finally {
            over.add(new Ended(step.index(), succeeded));
            LockSupport.unpark(user);
        }
    }

    private void settle() {
        for (Ended ended = over.poll(); ended != null; ended = over.poll()) {
            running.set(ended.index, null);
            clock.busy(ended.index, false);
            count--;
            if (ended.succeeded) {
                clock.succeed(ended.index);
            }
        }
    }
}
