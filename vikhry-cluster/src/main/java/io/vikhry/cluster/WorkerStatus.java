package io.vikhry.cluster;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a worker says of itself with each renewal of its lease, once a second.
 *
 * @param workerId the worker
 * @param fence the fence of its lease
 * @param phase what it is doing
 * @param host host name
 * @param pid process id
 * @param version vikhry's version
 * @param engine how its users run, for people: {@code "epoll, users on 2 loops"} or {@code "nio, fallback scheduler"}
 * @param capacity cores it may use, by its cgroup; the weight of its share
 * @param bundleDigest the scenario it has loaded, or {@code null}
 * @param error why it cannot go on, in one line, or {@code null}
 * @param warning what its users do that spoils the measurement, in one line, or {@code null}
 * @param abort why the scenario asks to end the whole run, in one line, or {@code null}
 * @param runId the run it works for, or {@code null}
 * @param appliedVersion the newest assignment that it follows with nobody else at work, or 0: who was taken away has ended
 * @param activeVus users between the start of {@code onInit} and the end of {@code onStop}
 * @param startedVus users started in this run so far
 * @param failedVus users of this run that ended by an exception in {@code onInit} or {@code onStart}
 * @param originFence the fence of the lease under which its sequence of batches of the run began, or 0
 * @param lastSeq sequence number of its newest metrics batch of the run, or 0
 * @param health the generator's health over the last second
 */
public record WorkerStatus(
        String workerId,
        long fence,
        Phase phase,
        String host,
        long pid,
        String version,
        String engine,
        double capacity,
        @Nullable String bundleDigest,
        @Nullable String error,
        @Nullable String warning,
        @Nullable String abort,
        @Nullable String runId,
        long appliedVersion,
        int activeVus,
        long startedVus,
        long failedVus,
        long originFence,
        long lastSeq,
        Health health) {

    /** The same, with another fence. */
    public WorkerStatus withFence(long other) {
        return new WorkerStatus(
                workerId,
                other,
                phase,
                host,
                pid,
                version,
                engine,
                capacity,
                bundleDigest,
                error,
                warning,
                abort,
                runId,
                appliedVersion,
                activeVus,
                startedVus,
                failedVus,
                originFence,
                lastSeq,
                health);
    }

    /** Whether {@code other} says the same of what is being done: phase, scenario, error, wish to abort, run and version. */
    public boolean sameWork(WorkerStatus other) {
        return phase == other.phase
                && appliedVersion == other.appliedVersion
                && Objects.equals(bundleDigest, other.bundleDigest)
                && Objects.equals(error, other.error)
                && Objects.equals(abort, other.abort)
                && Objects.equals(runId, other.runId);
    }

    /** What a worker is doing. */
    public enum Phase {
        /** In the cluster, without a scenario. */
        IDLE,
        /** Loading the scenario or making resources. */
        PREPARING,
        /** Scenario loaded; ready to run. */
        READY,
        /** Has a share of a run's load. */
        RUNNING,
        /** Its users are ending. */
        DRAINING,
        /** It has lost its lease: its users are parked and send nothing. */
        PARKED,
        /** Leaving the cluster. */
        LEAVING
    }

    /** Whether its measurements can be believed, from good to bad. */
    public enum Condition {
        /** What it measures is the system under test. */
        HEALTHY,
        /** It begins to add to what it measures. */
        LAGGING,
        /** What it measures is in part itself. */
        SATURATED
    }

    /**
     * Generator health over the last second.
     *
     * @param condition what all of it comes to
     * @param reasons what is not in order, the worst first; empty if healthy
     * @param cpu CPU used by the process, in cores
     * @param cpuLimit CPU it may use, in cores, by its cgroup's quota
     * @param rssBytes resident memory
     * @param heapBytes used heap
     * @param gcPauseMillis time in collector pauses
     * @param stalledMillis how long the whole process stood still: stopped, without CPU, or in a collector's pause
     * @param loopUtilisation busy share of the busiest loop, 0 to 1
     * @param loopLagP99Micros p99 of how late a loop came to its work
     * @param clockOffsetMicros cluster time minus this machine's time
     * @param debt starts that were intended but have not happened
     */
    public record Health(
            Condition condition,
            List<String> reasons,
            double cpu,
            double cpuLimit,
            long rssBytes,
            long heapBytes,
            double gcPauseMillis,
            double stalledMillis,
            double loopUtilisation,
            long loopLagP99Micros,
            long clockOffsetMicros,
            long debt) {
        public Health {
            reasons = List.copyOf(reasons);
        }

        /** A reading without any complaint. */
        public static Health fine(double cpu, long rssBytes, long heapBytes, double loopUtilisation, long lagMicros) {
            return new Health(
                    Condition.HEALTHY, List.of(), cpu, 1, rssBytes, heapBytes, 0, 0, loopUtilisation, lagMicros, 0, 0);
        }
    }
}
