package io.vikhry.runtime.vu;

import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinWorkerThread;
import org.jspecify.annotations.Nullable;

/**
 * A step under way beside others, as its own thread and those that it starts find it.
 *
 * @param user whose step it is
 * @param index the step's place in the scenario
 * @param step its name
 * @param latenessNanos how much later than intended it began
 * @param stretch where its thread runs it
 */
record StepScope(UserContext user, int index, String step, long latenessNanos, Stretch stretch) {
    private static final InheritableThreadLocal<@Nullable StepScope> CURRENT = new InheritableThreadLocal<>();

    /** The step of {@code user} that the calling thread is about, or {@code null} if it is about none that still runs. */
    static @Nullable StepScope current(UserContext user) {
        StepScope scope = CURRENT.get();
        // A pool's thread keeps for good what it got from the step that first needed it.
        return scope == null
                        || scope.user != user
                        || !scope.stretch.isRunning()
                        || Thread.currentThread() instanceof ForkJoinWorkerThread
                ? null
                : scope;
    }

    /** The calling thread, and those it will start, are about this step. */
    void enter() {
        CURRENT.set(this);
    }

    /** Does {@code work} as a part of this step, on a thread that is none of its own. */
    <T> T call(Callable<T> work) throws Exception {
        StepScope before = CURRENT.get();
        CURRENT.set(this);
        try {
            return work.call();
        } finally {
            CURRENT.set(before);
        }
    }
}
