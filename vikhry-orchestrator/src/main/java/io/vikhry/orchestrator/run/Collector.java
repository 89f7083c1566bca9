package io.vikhry.orchestrator.run;

import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.LeaderLease;
import io.vikhry.cluster.Metrics;
import io.vikhry.orchestrator.metrics.Aggregator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over a run's batches: from the stream to the disk, then to the numbers; and only then tells the workers that they may
 * forget them. So what a crash takes from here is sent again, and what comes twice is counted once.
 *
 * <p>One thread of its own reads until it is told to finish and finds the stream empty.
 */
final class Collector {
    private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
    private static final int AT_ONCE = 1000;
    /** What is read at once, more or less, however large the batches are: while it is added, memory holds it a few times. */
    private static final long BYTES_AT_ONCE = 4 << 20;

    /** How often workers are told what they may forget, and the points are kept: not with each of a thousand batches a second. */
    private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final Duration LEAVING = Duration.ofSeconds(3);
    private static final Duration WAIT = Duration.ofMillis(250);

    private final Cluster cluster;
    private final Supplier<LeaderLease> lease;
    private final Run run;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean finishing;
    private volatile boolean aborted;
    private String afterId = Metrics.START;
    private volatile long readUntilMillis;
    /** How many batches are read at once: few, until it is seen how large they are. */
    private int atOnce = 16;
    /** The newest entry that was told to be taken over. */
    private String toldId = Metrics.START;

    private final Map<BatchOrigin, Long> told = new HashMap<>();
    /** Behind which batch of a sequence something is missed that was asked for. */
    private final Map<BatchOrigin, Long> asked = new HashMap<>();

    private long settledNanos = System.nanoTime() - SETTLE_NANOS;
    private long pointsWritten;
    private boolean complaining;
    /** Whether Redis did not take what was to be told last. */
    private boolean untold;

    /** Starts to read. */
    static Collector start(Cluster cluster, Supplier<LeaderLease> lease, Run run) {
        Collector collector = new Collector(cluster, lease, run);
        Thread.ofPlatform().daemon().name("vikhry-collector-" + run.id()).start(collector::read);
        return collector;
    }

    private Collector(Cluster cluster, Supplier<LeaderLease> lease, Run run) {
        this.cluster = cluster;
        this.lease = lease;
        this.run = run;
    }

    /** Reads what is left and stops; false if that took longer than {@code bound}. */
    boolean finish(Duration bound) throws InterruptedException {
        finishing = true;
        return done.await(bound.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Up to when it has read, cluster time: what was sent before is in the numbers. */
    long readUntilMillis() {
        return readUntilMillis;
    }

    /** Stops after what is being read. */
    void abort() {
        aborted = true;
        finishing = true;
    }

    /** Lets go of a run that another reads on, after what is being read. */
    void leave() {
        abort();
        try {
            finish(LEAVING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try {
            boolean last = false;
            while (!last && !aborted) {
                // Asked before reading: an empty stream read after the order to finish is the end.
                boolean ordered = finishing;
                last = readOnce() == 0 && ordered;
            }
        } catch (Refusal e) {
            LOG.warn("Run {} is not read any more: {}", run.id(), e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            // Nobody need wait for more.
            readUntilMillis = Long.MAX_VALUE;
            done.countDown();
        }
    }

    /** How many batches have come; where what has come may have to be read again, not none. */
    private int readOnce() throws InterruptedException {
        long lookedMillis = cluster.clock().nowMillis();
        List<Metrics.Entry> entries;
        try {
            entries = cluster.metrics().read(run.id(), afterId, atOnce, WAIT);
        } catch (ClusterException e) {
            if (!complaining) {
                LOG.warn("The batches of {} cannot be read, trying again: {}", run.id(), e.getMessage());
                complaining = true;
            }
            beginAnew();
            Thread.sleep(WAIT);
            return 1;
        }
        complaining = false;
        take(entries);
        boolean all = entries.size() < atOnce;
        if (!entries.isEmpty()) {
            afterId = entries.getLast().id();
            long bytes = entries.stream().mapToLong(e -> e.bytes().length).sum();
            atOnce = (int) Math.clamp(BYTES_AT_ONCE * entries.size() / Math.max(1, bytes), 1, AT_ONCE);
        }
        readUntilMillis = all ? lookedMillis : Metrics.millisOf(afterId);
        if (finishing || System.nanoTime() - settledNanos >= SETTLE_NANOS) {
            settledNanos = System.nanoTime();
            return settle() ? entries.size() : 1;
        }
        return entries.size();
    }

    /** Another Redis may answer next, whose entries have numbers by another clock; what comes twice is counted once. */
    private void beginAnew() {
        told.clear();
        asked.clear();
        afterId = Metrics.START;
        toldId = Metrics.START;
    }

    /** Tells the workers what they may forget, and keeps the points that have changed; false if all is to be read again. */
    private boolean settle() {
        boolean goesOn = true;
        try {
            advance();
            untold = false;
        } catch (ClusterException e) {
            told.clear();
            if (!untold) {
                LOG.warn(
                        "The workers of {} keep their batches until Redis takes that they were read: {}",
                        run.id(),
                        e.getMessage());
                untold = true;
                // Only once: a Redis that goes on refusing, for want of memory, must not keep the rest from being read.
                beginAnew();
                goesOn = false;
            }
        }
        writePoints();
        return goesOn;
    }

    private void advance() {
        if (!afterId.equals(toldId)) {
            Map<BatchOrigin, Long> cursors = new HashMap<>(run.numbers.cursors());
            cursors.entrySet().removeIf(each -> each.getValue().equals(told.get(each.getKey())));
            if (cluster.metrics().advance(lease.get(), run.id(), cursors, afterId)) {
                toldId = afterId;
                told.putAll(cursors);
                askForMissed();
            } else {
                // The lease may have been lost with Redis' data and be taken anew: what was read is kept, and said
                // later.
                told.clear();
                LOG.warn("The lease to lead was lost; the workers of {} keep their batches", run.id());
            }
        }
    }

    /** What Redis has lost while its worker lives is in the worker's spool; once for each gap. */
    private void askForMissed() {
        Map<BatchOrigin, Long> gaps = run.numbers.gaps();
        gaps.keySet().removeIf(origin -> Objects.equals(asked.get(origin), told.get(origin)));
        if (!gaps.isEmpty() && cluster.metrics().miss(lease.get(), run.id(), gaps)) {
            gaps.keySet().forEach(origin -> {
                LOG.info("A batch of {} after {} is missed and asked for", origin.workerId(), told.get(origin));
                asked.put(origin, told.getOrDefault(origin, 0L));
            });
        }
    }

    private void take(List<Metrics.Entry> entries) {
        long now = cluster.clock().nowMillis();
        List<IntervalBatch> batches = new ArrayList<>();
        List<byte[]> kept = new ArrayList<>();
        for (Metrics.Entry entry : entries) {
            IntervalBatch batch = entry.batch();
            if (batch == null) {
                LOG.warn("Entry {} of run {} is no batch: {}", entry.id(), run.id(), entry.fault());
            } else if (batch.runId().equals(run.id())) {
                batches.add(batch);
                kept.add(entry.bytes());
            }
        }
        run.folder.append(kept);
        run.take(batches, now);
        run.numbers.settle(cluster.clock().nowMillis());
    }

    private void writePoints() {
        Aggregator.Points points =
                run.numbers.pointsSince(pointsWritten, cluster.clock().nowMillis());
        run.folder.appendPoints(points.points());
        pointsWritten = points.change();
    }
}
