package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The numbers of one run, merged from the batches of all workers in whatever order they come, each counted once. What it holds
 * grows with the number of series, not of samples or users.
 *
 * <p>A percentile is read off one histogram to which every sample was added; histograms are added, percentiles never are. All
 * methods may be called from any thread; each takes the lock for the time of one reading, of batches or of numbers.
 */
public final class Aggregator {
    private static final Logger LOG = LoggerFactory.getLogger(Aggregator.class);
    /** A second that begins so much later than now is told by a clock that is wrong: it belongs to no chart. */
    private static final long AHEAD_MILLIS = 60_000;

    private final Deliveries deliveries = new Deliveries();
    private final SeriesTable series = new SeriesTable();
    private final WorkerRequests workers = new WorkerRequests();
    private final ArrivalsTold arrivals = new ArrivalsTold();
    private final Timeline timeline = new Timeline();
    private final EncodedCounts histograms = new EncodedCounts();
    private final Sheaf sheaf = new Sheaf(histograms);

    private final Probes probes = new Probes();
    private final ErrorGroups errors = new ErrorGroups();
    private long t0Millis;
    private long endMillis;
    private long horizon = Long.MIN_VALUE / 2;
    private long complete;
    private long lagMillis = -1;

    /** Says when the load begins, in cluster time. */
    public synchronized void start(long t0Millis) {
        this.t0Millis = t0Millis;
        timeline.start(t0Millis);
    }

    /** Adds a batch; false if it has been here before. {@code nowMillis} is cluster time. */
    public boolean add(IntervalBatch batch, long nowMillis) {
        return !addAll(List.of(batch), nowMillis).isEmpty();
    }

    /**
     * Adds batches, in any order; those which have not been here before. The more there are, the less each costs: what they say of
     * one series in one second is added up first. {@code nowMillis} is cluster time.
     */
    public synchronized List<IntervalBatch> addAll(List<IntervalBatch> batches, long nowMillis) {
        List<IntervalBatch> fresh = new ArrayList<>(batches.size());
        Map<Long, Map<SeriesKey, List<SeriesDelta>>> bySecond = new TreeMap<>();
        for (IntervalBatch batch : batches) {
            if (deliveries.accept(batch)) {
                fresh.add(batch);
                IntervalBatch.Arrivals arrived = note(batch);
                if (!readable(batch)) {
                    deliveries.unreadable();
                } else {
                    count(batch, arrived, nowMillis + AHEAD_MILLIS);
                    Map<SeriesKey, List<SeriesDelta>> second =
                            bySecond.computeIfAbsent(batch.secondMillis(), millis -> new LinkedHashMap<>());
                    for (SeriesDelta delta : batch.series()) {
                        second.computeIfAbsent(SeriesKey.of(delta), key -> new ArrayList<>())
                                .add(delta);
                    }
                }
            }
        }
        bySecond.forEach((millis, bySeries) -> bySeries.forEach((key, deltas) -> {
            Series counted = series.of(key);
            counted.add(sheaf.of(deltas));
            if (millis < nowMillis + AHEAD_MILLIS) {
                counted.addRecent(sheaf, millis, horizon);
                if (key.kind() == Kind.REQUEST) {
                    timeline.add(millis, sheaf);
                }
            }
        }));
        timeline.settle();
        return fresh;
    }

    /**
     * Adds batches of long ago, in about the order in which they came. Nobody asks for numbers meanwhile, so the last seconds of
     * each series move on with the batches: else each second of an hour would wait to be one of the last. {@code nowMillis} is
     * cluster time, or the end of a run that is over.
     */
    public synchronized List<IntervalBatch> replay(List<IntervalBatch> batches, long nowMillis) {
        List<IntervalBatch> fresh = addAll(batches, nowMillis);
        horizon = Math.max(horizon, timeline.reached());
        series.moveTo(horizon);
        return fresh;
    }

    /** The most seconds that one series holds in more than their sum. */
    synchronized int secondsHeld() {
        return series.secondsHeld();
    }

    /** Takes note of what is in a batch beside its series; the arrivals since its origin's batch before. */
    private IntervalBatch.@Nullable Arrivals note(IntervalBatch batch) {
        batch.probes().forEach(probes::add);
        return arrivals.arrived(batch);
    }

    private boolean readable(IntervalBatch batch) {
        try {
            histograms.check(batch);
            return true;
        } catch (IllegalArgumentException e) {
            LOG.warn("Batch {} of {} is left out: {}", batch.seq(), batch.workerId(), e.getMessage());
            return false;
        }
    }

    /** Counts what a batch says beside its series; of a second that begins only at {@code aheadMillis} or later, only the sums. */
    private void count(IntervalBatch batch, IntervalBatch.@Nullable Arrivals arrived, long aheadMillis) {
        boolean has = batch.secondMillis() < aheadMillis;
        workers.add(batch, has);
        batch.errors().forEach(error -> errors.add(error, batch.secondMillis()));
        if (has) {
            timeline.note(batch, arrived);
        }
    }

    /**
     * Notes that batches up to {@code seq} were made: those which have not come are missing. To be called when the run ends; before
     * that, the newest ones are merely on their way.
     */
    public synchronized void expect(BatchOrigin origin, long seq) {
        deliveries.expect(origin, seq);
    }

    /** Batches that were made after the newest that has come, as far as that is known. */
    public synchronized long missingAtEnd(BatchOrigin origin) {
        return deliveries.missingAtEnd(origin);
    }

    /** The sequence that a worker has most likely gone on with under the lease of {@code fence}: the newest that was begun by then. */
    public synchronized BatchOrigin likely(String runId, String workerId, long fence) {
        return deliveries.likely(runId, workerId, fence);
    }

    /** Whether the last batch of a sequence has arrived. */
    public synchronized boolean finished(BatchOrigin origin) {
        return deliveries.finished(origin);
    }

    /** How far each worker's batches have been taken over. */
    public synchronized Map<BatchOrigin, Long> cursors() {
        return deliveries.cursors();
    }

    /** The newest batch of each sequence of which one before it is missed and may still come. */
    public synchronized Map<BatchOrigin, Long> gaps() {
        return deliveries.gaps();
    }

    /**
     * Ends the run: nothing more is to come. The load has ended at {@code stoppedMillis} or, where requests went on finishing,
     * in the second of the last one.
     *
     * @return when the load ended
     */
    public synchronized long finish(long stoppedMillis) {
        horizon = timeline.finish();
        endMillis = Math.max(stoppedMillis, timeline.newestRequestMillis());
        return endMillis;
    }

    /** Says how complete the numbers were when the run ended: what was missed then, the batches that were kept cannot tell. */
    public synchronized void recall(Completeness then) {
        deliveries.recall(then);
    }

    /** The numbers at {@code nowMillis}, cluster time. */
    public synchronized Numbers numbers(long nowMillis) {
        if (endMillis == 0) {
            horizon = timeline.moveTo(nowMillis);
        }
        // While it runs, rates count up to the horizon: what happened after it has not all arrived.
        long until = endMillis > 0 ? endMillis : Math.min(nowMillis, horizon + 1000);
        double seconds = t0Millis == 0 ? 0 : Math.max(0, until - t0Millis) / 1000.0;
        return new Numbers(
                series.requests(seconds, horizon),
                series.rows(seconds, horizon),
                errors.mostFrequentFirst(),
                errors.folded(),
                deliveries.completeness());
    }

    /** Notes, after batches were added, which seconds are complete; {@code nowMillis} is cluster time. */
    public synchronized void settle(long nowMillis) {
        long heard = timeline.heardOfAll();
        if (heard > complete) {
            complete = heard;
            lagMillis = Math.max(0, nowMillis - heard - 1000);
        }
    }

    /**
     * How long after its end the newest second was complete that every worker has sent, in ms; empty before the first. It is what
     * the workers, Redis and this orchestrator took together.
     */
    public synchronized OptionalLong lagMillis() {
        return lagMillis < 0 ? OptionalLong.empty() : OptionalLong.of(lagMillis);
    }

    /** Start of the newest second that all workers which still send have sent, cluster time in ms; 0 before the first. */
    public synchronized long completeMillis() {
        return complete;
    }

    /** Users that ended because their own code threw outside a step. */
    public synchronized FailedUsers failedUsers() {
        return FailedUsers.of(series.rows(Kind.LIFECYCLE, 0, horizon), errors.mostFrequentFirst());
    }

    /**
     * The points that changed since {@code change}, an earlier {@link Points#change}; 0 gives all of the last hour.
     * {@code nowMillis} is cluster time.
     */
    public synchronized Points pointsSince(long change, long nowMillis) {
        if (endMillis == 0) {
            horizon = timeline.moveTo(nowMillis);
        }
        return new Points(timeline.changedSince(change), timeline.changes());
    }

    /** Start of the oldest second whose users may still change, cluster time; {@link Long#MIN_VALUE} if any may. */
    public synchronized long unsettledMillis() {
        return timeline.unsettledMillis();
    }

    /**
     * Hands the users of each second of the run so far to {@code each} that begins at {@code fromMillis} or later, in order of time;
     * {@code nowMillis} is cluster time.
     */
    public synchronized void forEachSecond(long nowMillis, long fromMillis, UsersAt each) {
        if (endMillis == 0) {
            horizon = timeline.moveTo(nowMillis);
        }
        timeline.forEachSecond(fromMillis, each);
    }

    /** What the probes saw so far, by name. */
    public synchronized List<ProbeRow> probes() {
        return probes.rows();
    }

    /** The newest calls of each probe, in order of time, by name; at most {@value ProbeSeries#KEPT} each. */
    public synchronized Map<String, List<ProbePoint>> probePoints() {
        return probes.points();
    }

    /** Arrivals of the open model, as the workers have told of them so far. */
    public synchronized ArrivalTotals arrivals() {
        return arrivals.totals();
    }

    /** Up to when a worker has told of its arrivals, in cluster time; empty if it never has. */
    public synchronized OptionalLong toldUntil(String workerId) {
        return arrivals.until(workerId);
    }

    /** Requests that finished, by worker. */
    public synchronized Map<String, Long> requestsByWorker() {
        return workers.requests();
    }

    /** The end of the newest second that a worker has told of, in cluster time; 0 if it has not told of any. */
    public synchronized long reportedUntil(String workerId) {
        return workers.until(workerId);
    }

    /** Requests per second of one worker over the last ten seconds. */
    public synchronized double recentRpsOf(String workerId) {
        return horizon < t0Millis ? 0 : workers.recentRps(workerId, t0Millis, horizon);
    }

    /** The totals of a finished run by name of the series, whatever the step; one name is one set of samples. */
    public synchronized SortedMap<String, Totals> totalsByName(Kind kind) {
        return series.totalsByName(kind, (endMillis - t0Millis) / 1000.0, horizon);
    }

    /** Points in order of time, and the count of changes up to which they are. */
    public record Points(List<Point> points, long change) {
        public Points {
            points = List.copyOf(points);
        }
    }
}
