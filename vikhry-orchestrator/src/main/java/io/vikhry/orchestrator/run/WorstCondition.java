package io.vikhry.orchestrator.run;

import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerStatus.Condition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How well the generators of a run were while users were at work: the worst of all, and for how many seconds each worker was not
 * healthy. Written by the conductor's thread; any thread may read.
 */
final class WorstCondition {
    private final Map<String, WorkerStatus.Health> last = new HashMap<>();
    private Condition worst = Condition.HEALTHY;
    private String worker = "";
    private List<String> reasons = List.of();
    private long laggingSeconds;
    private long saturatedSeconds;

    /**
     * The outcome.
     *
     * @param worker the worker that was worst first, or empty
     * @param reasons what was not in order with it then
     * @param laggingSeconds seconds in which a worker was lagging, added over workers
     * @param saturatedSeconds seconds in which a worker was saturated, added over workers
     */
    record Outcome(Condition state, String worker, List<String> reasons, long laggingSeconds, long saturatedSeconds) {}

    /** Notes what a worker says; the same reading twice counts once. */
    synchronized void note(WorkerStatus status) {
        if (status.phase() != WorkerStatus.Phase.RUNNING || status.activeVus() == 0) {
            return;
        }
        WorkerStatus.Health health = status.health();
        if (health.equals(last.put(status.workerId(), health))) {
            return;
        }
        switch (health.condition()) {
            case HEALTHY -> {
                // Nothing to tell.
            }
            case LAGGING -> laggingSeconds++;
            case SATURATED -> saturatedSeconds++;
        }
        if (health.condition().compareTo(worst) > 0) {
            worst = health.condition();
            worker = status.workerId();
            reasons = health.reasons();
        }
    }

    synchronized Outcome outcome() {
        return new Outcome(worst, worker, reasons, laggingSeconds, saturatedSeconds);
    }
}
