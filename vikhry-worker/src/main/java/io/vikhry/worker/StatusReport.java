package io.vikhry.worker;

import io.vikhry.cluster.ClusterClock;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.runtime.engine.Diagnosis;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Health;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Puts together what a worker says of itself. For one thread; health is measured anew once a second. */
final class StatusReport {
    private static final long HEALTH_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

    private static final int READINGS = 3;

    private final String workerId;
    private final Engine engine;
    private final ClusterClock clock;
    private final String host = host();
    private final long pid = ProcessHandle.current().pid();
    private final String version = version();
    private final List<Diagnosis.Reading> readings = new ArrayList<>();
    private long healthNanos;
    private volatile WorkerStatus.Health newest = WorkerStatus.Health.fine(0, 0, 0, 0, 0);

    StatusReport(String workerId, Engine engine, ClusterClock clock) {
        this.workerId = workerId;
        this.engine = engine;
        this.clock = clock;
    }

    WorkerStatus status(
            WorkerStatus.Phase phase, @Nullable String bundleDigest, @Nullable String error, @Nullable RunPart run) {
        return new WorkerStatus(
                workerId,
                0,
                phase,
                host,
                pid,
                version,
                engine.describe(),
                Runtime.getRuntime().availableProcessors(),
                bundleDigest,
                error,
                run == null ? null : run.tally().warning(),
                run == null ? null : run.tally().abort(),
                run == null ? null : run.plan().runId(),
                run == null ? 0 : run.settledVersion(),
                run == null ? 0 : run.tally().activeVus(),
                run == null ? 0 : run.tally().counts().started(),
                run == null ? 0 : run.tally().counts().failed(),
                run == null ? 0 : run.origin().fence(),
                run == null ? 0 : run.lastSeq(),
                health(run));
    }

    /** How the worker was when it was asked last; any thread may call. */
    WorkerStatus.Health newest() {
        return newest;
    }

    private WorkerStatus.Health health(@Nullable RunPart run) {
        long now = System.nanoTime();
        long debt = run == null ? 0 : run.tally().debt();
        if (readings.isEmpty() || now - healthNanos > HEALTH_NANOS) {
            readings.add(new Diagnosis.Reading(engine.health(), debt));
            if (readings.size() > READINGS) {
                readings.removeFirst();
            }
            healthNanos = now;
        }
        Health last = readings.getLast().health();
        Diagnosis diagnosis = Diagnosis.of(readings);
        WorkerStatus.Health fresh = new WorkerStatus.Health(
                condition(diagnosis.state()),
                diagnosis.reasons(),
                last.cpu(),
                last.cpuLimit(),
                last.rssBytes(),
                last.heapBytes(),
                last.gcPauseMillis(),
                last.stalledMillis(),
                last.loopUtilisation(),
                last.loopLagP99Micros(),
                clock.offsetMicros(),
                debt);
        newest = fresh;
        return fresh;
    }

    private static WorkerStatus.Condition condition(Diagnosis.State state) {
        return switch (state) {
            case HEALTHY -> WorkerStatus.Condition.HEALTHY;
            case LAGGING -> WorkerStatus.Condition.LAGGING;
            case SATURATED -> WorkerStatus.Condition.SATURATED;
        };
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // A host without an entry for its own name.
            return "localhost";
        }
    }

    private static String version() {
        String packed = StatusReport.class.getPackage().getImplementationVersion();
        return packed == null ? "dev" : packed;
    }
}
