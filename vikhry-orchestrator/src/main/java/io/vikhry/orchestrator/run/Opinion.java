package io.vikhry.orchestrator.run;

import io.vikhry.orchestrator.verdict.Verdict;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The verdict on a run: while it goes on, made anew when it is asked for and has grown old; once it has ended, for good. Any
 * thread may call; what is settled is never replaced by a judgement that began before.
 */
final class Opinion {
    /** How long a verdict on a run that goes on is good enough. */
    private static final long GOOD_MILLIS = 900;

    private @Nullable Verdict newest;
    private long atMillis;
    private boolean settled;

    synchronized Verdict at(long nowMillis, Supplier<Verdict> judge) {
        Verdict known = newest;
        // Also if it was made in the future: the cluster's clock may have been put back since.
        if (known == null || (!settled && Math.abs(nowMillis - atMillis) >= GOOD_MILLIS)) {
            known = judge.get();
            newest = known;
            atMillis = nowMillis;
        }
        return known;
    }

    synchronized void settle(Verdict last) {
        newest = last;
        settled = true;
    }
}
