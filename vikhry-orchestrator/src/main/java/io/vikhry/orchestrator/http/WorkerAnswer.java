package io.vikhry.orchestrator.http;

import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerView;
import io.vikhry.orchestrator.metrics.Rates;
import io.vikhry.orchestrator.run.Run;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A worker, as the API tells of it. */
record WorkerAnswer(
        String id,
        WorkerStatus.Phase phase,
        boolean healthy,
        String health,
        List<String> healthReasons,
        String host,
        long pid,
        String engine,
        double capacity,
        int assignedUsers,
        int activeUsers,
        long failedUsers,
        long debt,
        long leaseMs,
        long lastSeenAt,
        double cpu,
        double cpuLimit,
        long rssBytes,
        long heapBytes,
        double gcPauseMs,
        double stalledMs,
        double loopUtilisation,
        double loopLagP99Ms,
        double clockOffsetMs,
        double rps,
        @Nullable String warning,
        @Nullable String error) {
    /** What the worker said last, with what {@code run}, if there is one, means for it at {@code now}, cluster time. */
    static WorkerAnswer of(WorkerView view, @Nullable Run run, long now) {
        WorkerStatus status = view.status();
        WorkerStatus.Health health = status.health();
        String id = status.workerId();
        return new WorkerAnswer(
                id,
                status.phase(),
                view.alive() && status.error() == null,
                health.condition().name().toLowerCase(Locale.ROOT),
                health.reasons(),
                status.host(),
                status.pid(),
                status.engine(),
                status.capacity(),
                run == null ? 0 : run.assignedUsers(id, now),
                view.alive() ? status.activeVus() : 0,
                status.failedVus(),
                view.alive() ? health.debt() : 0,
                Math.max(0, view.remainingMillis()),
                view.lastSeenMillis(),
                Rates.thousandths(health.cpu()),
                Rates.thousandths(health.cpuLimit()),
                health.rssBytes(),
                health.heapBytes(),
                Rates.thousandths(health.gcPauseMillis()),
                Rates.thousandths(health.stalledMillis()),
                Rates.thousandths(health.loopUtilisation()),
                health.loopLagP99Micros() / 1000.0,
                health.clockOffsetMicros() / 1000.0,
                run == null || run.endedAtOrNull() != null ? 0 : run.numbers().recentRpsOf(id),
                status.warning(),
                status.error());
    }
}
