package io.vikhry.orchestrator;

import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterState.State;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.ErrorSample;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import io.vikhry.cluster.LoadStage;
import io.vikhry.cluster.PoolWork;
import io.vikhry.cluster.Renewal;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.VuRange;
import io.vikhry.cluster.WorkerLease;
import io.vikhry.cluster.WorkerStatus;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * Speaks the cluster's contract without an engine: joins, follows assignments, makes resources, and each second reports ten
 * requests for each of its users. What it reports is known exactly, so that what comes out can be held against it.
 */
final class ContractWorker implements AutoCloseable {
    /** Requests of one user in a second. */
    static final int RATE = 10;

    private final Cluster cluster;
    private final String id;
    private final double capacity;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private final WorkerLease lease;
    final AtomicLong sent = new AtomicLong();
    final Histogram sentMicros = new Histogram(3);
    volatile boolean frozen;
    volatile boolean failsResources;
    volatile String error;
    volatile String abort;
    volatile WorkerStatus.Health health = WorkerStatus.Health.fine(0.5, 1 << 20, 1 << 19, 0.1, 300);
    private volatile boolean vanish;

    private WorkerStatus.Phase phase = WorkerStatus.Phase.IDLE;
    private String digest;
    private String runId;
    private long version;
    private Assignment assignment;
    private int active;
    private long seq;
    private boolean finished;
    private long second;

    ContractWorker(String redisUrl, String id, double capacity) {
        this.cluster = Cluster.connect(redisUrl, "default");
        this.id = id;
        this.capacity = capacity;
        this.lease = cluster.leases().join(status(0));
        this.thread = Thread.ofPlatform().daemon().name("contract-" + id).start(this::run);
    }

    private WorkerStatus status(long fence) {
        return new WorkerStatus(
                id,
                fence,
                phase,
                "here",
                ProcessHandle.current().pid(),
                "test",
                "contract only",
                capacity,
                digest,
                error,
                null,
                abort,
                runId,
                version,
                active,
                active,
                0,
                runId == null ? 0 : fence,
                seq,
                health);
    }

    private void run() {
        try {
            while (!stop.await(100, TimeUnit.MILLISECONDS)) {
                if (!frozen) {
                    work();
                }
            }
            if (!vanish) {
                phase = WorkerStatus.Phase.LEAVING;
                lease.release(status(lease.fence()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            cluster.close();
        }
    }

    private void work() {
        Renewal renewal = lease.renew(status(lease.fence()), BatchOrigin.NONE);
        if (!renewal.held()) {
            frozen = true;
            return;
        }
        digest = renewal.scenarioDigest();
        State state = renewal.state().state();
        if (state == State.IDLE) {
            runId = null;
            phase = digest == null ? WorkerStatus.Phase.IDLE : WorkerStatus.Phase.READY;
            return;
        }
        if (!renewal.state().runId().equals(runId)) {
            runId = renewal.state().runId();
            seq = 0;
            version = 0;
            assignment = null;
            finished = false;
            active = 0;
            second = 0;
        }
        RunPlan plan = cluster.plans().plan(runId).orElseThrow();
        for (PoolWork item : cluster.orders()
                .take(plan.resources().keySet(), plan.bundleDigest(), id, lease.fence(), plan.runId(), 100)) {
            if (failsResources) {
                cluster.orders().failed(id, lease.fence(), item, "the factory threw: no luck");
            } else {
                cluster.orders().made(id, lease.fence(), item, "{\"id\":\"" + item.id() + "\"}");
            }
        }
        if (renewal.state().version() > version) {
            assignment = cluster.plans().assignment(runId).orElse(null);
            version = assignment == null ? 0 : assignment.version();
        }
        Assignment now = assignment;
        if (now == null || finished) {
            phase = WorkerStatus.Phase.READY;
            return;
        }
        Assignment.Share share = now.shares().get(id);
        if (share == null || share.fence() != lease.fence()) {
            return;
        }
        boolean drain = now.phase() == Assignment.Phase.DRAIN;
        phase = drain ? WorkerStatus.Phase.DRAINING : WorkerStatus.Phase.RUNNING;
        long time = cluster.clock().nowMillis();
        active = drain ? 0 : users(now, share, time);
        long ended = Math.floorDiv(time, 1000L) * 1000 - 1000;
        if (second == 0) {
            second = Math.floorDiv(now.t0Millis(), 1000L) * 1000;
        }
        while (second <= ended || (drain && !finished)) {
            report(second, drain && second >= ended);
            second += 1000;
        }
    }

    private static int users(Assignment assignment, Assignment.Share share, long time) {
        double target = 0;
        for (LoadStage stage : assignment.stages()) {
            if (time - assignment.t0Millis() >= stage.atMillis()) {
                target = stage.target();
            }
        }
        int users = 0;
        for (VuRange range : share.ranges()) {
            users += Math.max(0, Math.min(range.to(), (int) target) - range.from());
        }
        return users;
    }

    private void report(long at, boolean last) {
        List<SeriesDelta> series = new ArrayList<>();
        List<ErrorSample> errors = new ArrayList<>();
        int requests = active * RATE;
        if (requests > 0) {
            Histogram micros = new Histogram(3);
            for (int i = 0; i < requests; i++) {
                long value = 1000 + (seq * 7919 + i * 104729L) % 50_000;
                micros.recordValue(value);
                sentMicros.recordValue(value);
            }
            byte[] encoded = encode(micros);
            long failed = active;
            series.add(new SeriesDelta(
                    Kind.REQUEST,
                    "catalog",
                    "GET /catalog",
                    requests,
                    failed,
                    Map.of("200", requests - failed, "503", failed),
                    requests * 100L,
                    requests * 1000L,
                    encoded,
                    new byte[0]));
            series.add(new SeriesDelta(
                    Kind.STEP,
                    "",
                    "catalog",
                    requests,
                    failed,
                    Map.of("OK", (long) requests),
                    0,
                    0,
                    encoded,
                    new byte[0]));
            errors.add(new ErrorSample("GET /catalog", "catalog", "503", "expected 200 but got 503", "at …", failed));
        }
        seq++;
        cluster.metrics()
                .append(new IntervalBatch(
                        runId, id, lease.fence(), seq, at, active, last, series, errors, null, List.of(), vitals()));
        sent.addAndGet(requests);
        finished = last;
    }

    private IntervalBatch.Vitals vitals() {
        return new IntervalBatch.Vitals(
                health.condition(), health.reasons(), false, false, active, 0, 0, 0, 0, health.clockOffsetMicros());
    }

    static byte[] encode(Histogram histogram) {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        byte[] bytes = new byte[histogram.encodeIntoCompressedByteBuffer(buffer)];
        buffer.rewind().get(bytes);
        return bytes;
    }

    /** Dies without a word: its lease runs out. */
    void vanish() throws InterruptedException {
        vanish = true;
        close();
    }

    @Override
    public void close() throws InterruptedException {
        stop.countDown();
        thread.join(5_000);
    }
}
