package io.vikhry.orchestrator;

import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterState;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import io.vikhry.cluster.Renewal;
import io.vikhry.cluster.WorkerLease;
import io.vikhry.cluster.WorkerStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Many workers that speak the cluster's contract from one thread, which renews their leases; what they measured is sent when a test
 * says so. It is known exactly, so that what comes out can be held against it.
 */
final class Throng implements AutoCloseable {
    private static final WorkerStatus.Health HEALTH = WorkerStatus.Health.fine(0.5, 1 << 20, 1 << 19, 0.1, 300);

    private final Cluster cluster;
    private final List<Member> members = new ArrayList<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private final Histogram sentMicros = new Histogram(3);
    private volatile ClusterState state = ClusterState.NEW;
    private volatile String digest;
    private volatile boolean finished;

    private final class Member {
        final String id;
        final WorkerLease lease;
        volatile long seq;

        Member(String id) {
            this.id = id;
            this.lease = cluster.leases().join(status(id, 0, 0));
        }

        void renew() {
            Renewal renewal = lease.renew(status(id, lease.fence(), seq), BatchOrigin.NONE);
            digest = renewal.scenarioDigest();
            state = renewal.state();
        }
    }

    Throng(Cluster cluster, int size) {
        this.cluster = cluster;
        for (int i = 0; i < size; i++) {
            members.add(new Member("w%03d".formatted(i)));
        }
        this.thread = Thread.ofPlatform().daemon().name("throng").start(this::run);
    }

    private void run() {
        try {
            while (!stop.await(300, TimeUnit.MILLISECONDS)) {
                members.forEach(Member::renew);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private WorkerStatus status(String id, long fence, long seq) {
        boolean running = state.state() == ClusterState.State.RUNNING || state.state() == ClusterState.State.STOPPING;
        WorkerStatus.Phase phase = running && !finished ? WorkerStatus.Phase.RUNNING : WorkerStatus.Phase.READY;
        return new WorkerStatus(
                id,
                0,
                digest == null ? WorkerStatus.Phase.IDLE : phase,
                "here",
                ProcessHandle.current().pid(),
                "test",
                "contract only",
                1,
                digest,
                null,
                null,
                null,
                running ? state.runId() : null,
                running ? state.version() : 0,
                running && !finished ? 1 : 0,
                1,
                0,
                running ? fence : 0,
                seq,
                HEALTH);
    }

    /** All that was sent, each sample once. */
    Histogram sentMicros() {
        return sentMicros;
    }

    /**
     * Sends what each worker measured in each of so many seconds, all at once, in no order, one in ten twice.
     *
     * @return how many batches there were, each counted once
     */
    int send(String runId, int seconds, int series, Random random) {
        long t0 = cluster.plans().assignment(runId, "w000").orElseThrow().t0Millis();
        List<IntervalBatch> batches = new ArrayList<>();
        for (Member member : members) {
            for (int second = 0; second < seconds; second++) {
                batches.add(batch(runId, member, Math.floorDiv(t0, 1000L) * 1000 + second * 1000L, series, random));
            }
        }
        int once = batches.size();
        for (int i = 0; i < once / 10; i++) {
            batches.add(batches.get(random.nextInt(once)));
        }
        Collections.shuffle(batches, random);
        batches.forEach(cluster.metrics()::append);
        return once;
    }

    /** Sends everybody's last batch. */
    int finish(String runId) {
        long now = Math.floorDiv(cluster.clock().nowMillis(), 1000L) * 1000;
        for (Member member : members) {
            member.seq++;
            cluster.metrics()
                    .append(new IntervalBatch(
                            runId, member.id, member.lease.fence(), member.seq, now, 0, true, List.of(), List.of()));
        }
        finished = true;
        return members.size();
    }

    private IntervalBatch batch(String runId, Member member, long at, int series, Random random) {
        List<SeriesDelta> deltas = new ArrayList<>();
        for (int s = 0; s < series; s++) {
            Histogram micros = new Histogram(3);
            for (int i = 0; i < 20; i++) {
                long value = 1 + random.nextLong(1L << (4 + random.nextInt(20)));
                micros.recordValue(value);
                sentMicros.recordValue(value);
            }
            deltas.add(new SeriesDelta(
                    Kind.REQUEST,
                    "step",
                    "GET /" + s,
                    20,
                    1,
                    Map.of("200", 19L, "503", 1L),
                    20,
                    200,
                    ContractWorker.encode(micros),
                    new byte[0]));
        }
        member.seq++;
        return new IntervalBatch(runId, member.id, member.lease.fence(), member.seq, at, 1, false, deltas, List.of());
    }

    @Override
    public void close() throws InterruptedException {
        stop.countDown();
        thread.join(5_000);
    }
}
