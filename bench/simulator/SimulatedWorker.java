package io.vikhry.bench;

import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.ClusterState;
import io.vikhry.cluster.Following;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import io.vikhry.cluster.Renewal;
import io.vikhry.cluster.Spool;
import io.vikhry.cluster.VuRange;
import io.vikhry.cluster.WorkerLease;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerStatus.Phase;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A worker without an engine: lease, commands, plan, assignment, spool and batches are those of a real one, only its users and
 * their requests are made up. One thread, which renews once a second and at each command, and reports at the end of each second.
 */
final class SimulatedWorker {
    private static final WorkerStatus.Health HEALTH = WorkerStatus.Health.fine(0.5, 1 << 28, 1 << 26, 0.2, 300);

    private final Cluster cluster;
    private final String id;
    private final List<List<SeriesDelta>> seconds;
    private final Simulator simulator;
    /** Of the run under way: each run's batches are numbered from 1. */
    private Spool spool;
    private final Semaphore news = new Semaphore(0);
    private WorkerLease lease;
    private String digest;
    private String runId;
    private Assignment assignment;
    private long fence;
    private long seq;
    private long second;
    private boolean finished;
    private volatile int users;
    private volatile long sent;
    private volatile int spooledMost;

    SimulatedWorker(Cluster cluster, String id, List<List<SeriesDelta>> seconds, Simulator simulator) {
        this.cluster = cluster;
        this.id = id;
        this.seconds = seconds;
        this.simulator = simulator;
        this.spool = spool();
    }

    private Spool spool() {
        return new Spool(cluster.metrics()::append, Spool.DEFAULT_CAPACITY);
    }

    int users() {
        return users;
    }

    /** Requests in the batches it has made. */
    long sent() {
        return sent;
    }

    /** The most batches that the orchestrator had not taken over when a lease was renewed. */
    int spooledMost() {
        return spooledMost;
    }

    void forgetSpooled() {
        spooledMost = 0;
    }

    void run() {
        lease = cluster.leases().join(status());
        long renewed = System.nanoTime() - Math.floorMod(id.hashCode() * 7919L, 1_000_000_000L);
        try (Following following = cluster.commands().follow(id, reason -> news.release())) {
            simulator.joined();
            while (!simulator.over()) {
                boolean told = news.tryAcquire(untilNext(renewed), TimeUnit.NANOSECONDS);
                news.drainPermits();
                try {
                    if (told || System.nanoTime() - renewed >= TimeUnit.SECONDS.toNanos(1)) {
                        renewed = System.nanoTime();
                        renew();
                    }
                    report();
                } catch (ClusterException e) {
                    simulator.trouble(id + ": " + e.getMessage());
                }
            }
            lease.release(status());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long untilNext(long renewed) {
        long left = renewed + TimeUnit.SECONDS.toNanos(1) - System.nanoTime();
        if (assignment != null && !finished) {
            left = Math.min(left, cluster.clock().nanosAt(second + 1000) - System.nanoTime());
        }
        return Math.max(0, left);
    }

    private void renew() {
        BatchOrigin origin = runId == null ? BatchOrigin.NONE : new BatchOrigin(runId, id, fence);
        Renewal renewal = lease.renew(status(), origin);
        if (!renewal.held()) {
            simulator.trouble(id + ": the lease is lost");
            lease = cluster.leases().join(status());
            spool.resend();
            return;
        }
        spool.passed(renewal.cursor());
        spool.missed(renewal.ahead());
        spooledMost = Math.max(spooledMost, spool.size());
        boolean fresh = digest == null && renewal.scenarioDigest() != null;
        digest = renewal.scenarioDigest();
        follow(renewal.state());
        if (fresh) {
            news.release();
        }
    }

    private void follow(ClusterState state) {
        if (state.state() == ClusterState.State.IDLE) {
            runId = null;
            assignment = null;
            users = 0;
            return;
        }
        if (!state.runId().equals(runId)) {
            if (cluster.plans().plan(state.runId()).isEmpty()) {
                return;
            }
            runId = state.runId();
            fence = lease.fence();
            seq = 0;
            spool = spool();
            assignment = null;
            finished = false;
        }
        if (state.version() > (assignment == null ? 0 : assignment.version())) {
            cluster.plans().assignment(runId, id).ifPresent(this::take);
        }
    }

    private void take(Assignment next) {
        boolean first = assignment == null;
        assignment = next;
        Assignment.Share share = next.shares().get(id);
        users = share == null || share.fence() != lease.fence()
                ? 0
                : share.ranges().stream().mapToInt(VuRange::size).sum();
        if (first) {
            second = Math.floorDiv(next.t0Millis(), 1000L) * 1000;
            simulator.assigned();
        }
        news.release();
    }

    private void report() {
        if (assignment == null || finished) {
            return;
        }
        boolean drain = assignment.phase() == Assignment.Phase.DRAIN;
        while (!finished && second + 1000 <= cluster.clock().nowMillis()) {
            send(second, drain);
            second += 1000;
        }
    }

    private void send(long at, boolean last) {
        List<SeriesDelta> series = seconds.get((int) Math.floorMod(at / 1000 + id.hashCode(), (long) seconds.size()));
        seq++;
        spool.add(new IntervalBatch(
                runId,
                id,
                fence,
                seq,
                at,
                users,
                last,
                series,
                List.of(),
                null,
                List.of(),
                new IntervalBatch.Vitals(HEALTH.condition(), List.of(), false, false, users, 0, 0, 0, 0, 0)));
        sent += simulator.requestsIn(series);
        finished = last;
        spool.flush();
    }

    private WorkerStatus status() {
        Assignment now = assignment;
        Phase phase = digest == null ? Phase.IDLE : Phase.READY;
        if (now != null && !finished) {
            phase = now.phase() == Assignment.Phase.DRAIN ? Phase.DRAINING : Phase.RUNNING;
        }
        return new WorkerStatus(
                id,
                0,
                phase,
                "simulated",
                ProcessHandle.current().pid(),
                "simulated",
                "no engine",
                1,
                digest,
                null,
                null,
                null,
                finished ? null : runId,
                now == null ? 0 : now.version(),
                finished ? 0 : users,
                users,
                0,
                fence,
                seq,
                HEALTH);
    }
}
