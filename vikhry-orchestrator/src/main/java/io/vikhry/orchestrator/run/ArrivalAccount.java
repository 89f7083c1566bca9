package io.vikhry.orchestrator.run;

import io.vikhry.cluster.RunPlan;
import io.vikhry.orchestrator.metrics.Aggregator;
import io.vikhry.orchestrator.metrics.ArrivalTotals;
import org.jspecify.annotations.Nullable;

/**
 * The arrivals of a run in the open model: those that workers have told of, and those that went with workers before anybody told.
 * The conductor's thread changes it; any thread may read.
 */
final class ArrivalAccount {
    private final RunPlan.@Nullable Open open;
    private final Load load;
    private final Shares shares;
    private final Aggregator numbers;
    private volatile double lost;
    private volatile @Nullable ArrivalTotals atEnd;

    ArrivalAccount(RunHead head, Load load, Shares shares, Aggregator numbers) {
        this.open = head.plan().open();
        this.load = load;
        this.shares = shares;
        this.numbers = numbers;
    }

    /**
     * Notes the arrivals that go with a worker: those due at it after it has told of them last, until others have its part. How
     * many came of them is not known, how many were due is: exactly if they are evenly spaced, on average if they are Poisson.
     */
    void lose(String workerId, long othersFromMillis) {
        if (open == null || shares.size() == 0) {
            return;
        }
        double part = (double) shares.usersOf(workerId, shares.size()) / shares.size();
        long from = numbers.toldUntil(workerId).orElse(load.t0Millis);
        lost += part * (load.dueUntil(othersFromMillis) - load.dueUntil(from));
    }

    /** How many went with workers so far, about. */
    double lost() {
        return lost;
    }

    /** Takes over how many had gone with workers under the leader before. */
    void take(double lostBefore) {
        lost = lostBefore;
    }

    /** Says how many there were when the run ended. */
    void recall(ArrivalTotals then) {
        atEnd = then;
    }

    /**
     * Arrivals so far, or {@code null} in the closed model.
     *
     * @param stoppedMillis when the end of a run that is over was decided, cluster time; 0 for one that is not over
     */
    @Nullable ArrivalTotals totals(long stoppedMillis) {
        if (open == null) {
            return null;
        }
        ArrivalTotals then = atEnd;
        if (then != null) {
            return then;
        }
        ArrivalTotals told = numbers.arrivals();
        if (open.arrivals() == RunPlan.Arrivals.POISSON || stoppedMillis == 0 || load.stages.isEmpty()) {
            return told.and(Math.round(lost));
        }
        // The rate says how many there were in all, whatever workers have told.
        long due = (long) Math.floor(load.dueUntil(Math.min(stoppedMillis, load.endsAt())) + 1e-6);
        return told.and(Math.max(0, due - told.intended()));
    }
}
