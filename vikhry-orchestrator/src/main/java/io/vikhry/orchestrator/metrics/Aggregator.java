package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.BatchLedger;
import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
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
 * methods may be called from any thread; each takes the lock for the time of one batch or one reading.
 */
public final class Aggregator {
    /** Series that are told apart; the samples of further ones are counted in one {@code (other)} series of their kind. */
    public static final int SERIES = 2000;

    private static final Logger LOG = LoggerFactory.getLogger(Aggregator.class);
    /** A scenario has 20 probes at most; more can only be somebody's mistake, and are not kept. */
    private static final int PROBES = 100;

    private static final long AHEAD_MILLIS = 60_000;

    private final BatchLedger ledger = new BatchLedger();
    private final Set<BatchOrigin> origins = new HashSet<>();
    /** Workers whose last batch has arrived, and under which fence. */
    private final Map<String, Long> finished = new HashMap<>();

    private final Map<SeriesKey, Series> series = new TreeMap<>();
    private final Map<String, Long> requestsByWorker = new HashMap<>();
    private final Map<String, TreeMap<Long, Long>> recentByWorker = new HashMap<>();
    private final Timeline timeline = new Timeline();
    private final Unpacked samples = new Unpacked();
    /** The newest that each origin told of its arrivals, with the batch's number. */
    private final Map<BatchOrigin, Told> arrivals = new HashMap<>();

    private final Map<String, ProbeSeries> probes = new TreeMap<>();
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
    public synchronized boolean add(IntervalBatch batch, long nowMillis) {
        if (!ledger.accept(batch)) {
            return false;
        }
        origins.add(BatchOrigin.of(batch));
        IntervalBatch.Arrivals arrived = arrived(batch);
        for (IntervalBatch.ProbeSample probe : batch.probes()) {
            if (probes.containsKey(probe.probe()) || probes.size() < PROBES) {
                probes.computeIfAbsent(probe.probe(), name -> new ProbeSeries()).add(probe);
            }
        }
        if (batch.last()) {
            finished.merge(batch.workerId(), batch.fence(), Math::max);
        } else if (finished.getOrDefault(batch.workerId(), Long.MAX_VALUE) < batch.fence()) {
            // It has left, and come back.
            finished.remove(batch.workerId());
        }
        try {
            samples.read(batch);
        } catch (IllegalArgumentException e) {
            LOG.warn("Batch {} of {} is left out: {}", batch.seq(), batch.workerId(), e.getMessage());
            return true;
        }
        long requestsFinished = 0;
        for (int i = 0; i < batch.series().size(); i++) {
            SeriesDelta delta = batch.series().get(i);
            of(SeriesKey.of(delta)).add(delta, samples, i, batch.secondMillis(), horizon);
            if (delta.kind() == Kind.REQUEST) {
                requestsFinished += delta.count();
            }
        }
        requestsByWorker.merge(batch.workerId(), requestsFinished, Long::sum);
        TreeMap<Long, Long> recent = recentByWorker.computeIfAbsent(batch.workerId(), w -> new TreeMap<>());
        recent.merge(batch.secondMillis(), requestsFinished, Long::sum);
        while (recent.size() > 2 * RecentWindow.SECONDS) {
            recent.pollFirstEntry();
        }
        batch.errors().forEach(error -> errors.add(error, batch.secondMillis()));
        if (batch.secondMillis() < nowMillis + AHEAD_MILLIS) {
            timeline.add(batch, samples, arrived);
        }
        return true;
    }

    /** The arrivals since the newest batch of the same origin; {@code null} if that one has told of them. */
    private IntervalBatch.@Nullable Arrivals arrived(IntervalBatch batch) {
        IntervalBatch.Arrivals now = batch.arrivals();
        Told before = arrivals.get(BatchOrigin.of(batch));
        if (now == null || (before != null && before.seq > batch.seq())) {
            return null;
        }
        arrivals.put(BatchOrigin.of(batch), new Told(batch.seq(), batch.secondMillis() + 1000, now));
        return before == null
                ? now
                : new IntervalBatch.Arrivals(
                        now.intended() - before.arrivals.intended(),
                        now.started() - before.arrivals.started(),
                        now.completed() - before.arrivals.completed());
    }

    /**
     * Notes that a worker, under the lease of {@code fence}, has made batches up to {@code seq}: those which have not come are
     * missing. To be called when the run ends; before that, the newest ones are merely on their way.
     */
    public synchronized void expect(String runId, String workerId, long fence, long seq) {
        // A worker that joined again under a new fence goes on with the sequence that it began under an older one.
        BatchOrigin origin = origins.stream()
                .filter(o -> o.workerId().equals(workerId) && o.fence() <= fence)
                .max(Comparator.comparingLong(BatchOrigin::fence))
                .orElse(new BatchOrigin(runId, workerId, fence));
        ledger.expect(origin, seq);
    }

    /** Workers whose last batch of the run has arrived. */
    public synchronized Set<String> finishedWorkers() {
        return Set.copyOf(finished.keySet());
    }

    /** How far each worker's batches have been taken over. */
    public synchronized Map<BatchOrigin, Long> cursors() {
        return ledger.cursors();
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

    /** The numbers at {@code nowMillis}, cluster time. */
    public synchronized Numbers numbers(long nowMillis) {
        if (endMillis == 0) {
            horizon = timeline.moveTo(nowMillis);
        }
        // While it runs, rates count up to the horizon: what happened after it has not all arrived.
        long until = endMillis > 0 ? endMillis : Math.min(nowMillis, horizon + 1000);
        double seconds = t0Millis == 0 ? 0 : Math.max(0, until - t0Millis) / 1000.0;
        List<Row> rows = new ArrayList<>();
        series.forEach((key, s) -> rows.add(new Row(key.kind(), key.step(), key.name(), s.totals(seconds, horizon))));
        return new Numbers(
                requests().totals(seconds, horizon),
                rows,
                errors.mostFrequentFirst(),
                errors.folded(),
                Completeness.of(ledger.accepted(), ledger.missing(), ledger.duplicates()));
    }

    /** All requests as one series. Added up when it is read, once a second or so, and not with each batch. */
    private Series requests() {
        Series all = new Series();
        series.forEach((key, s) -> {
            if (key.kind() == Kind.REQUEST) {
                all.addAll(s);
                all.addRecent(s, horizon);
            }
        });
        return all;
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

    /** Start of the newest second that every worker has sent, cluster time in ms since 1970; 0 before the first. */
    public synchronized long completeMillis() {
        return complete;
    }

    /** Users that ended because their own code threw outside a step. */
    public synchronized FailedUsers failedUsers() {
        List<Row> rows = new ArrayList<>();
        series.forEach((key, s) -> {
            if (key.kind() == Kind.LIFECYCLE) {
                rows.add(new Row(key.kind(), key.step(), key.name(), s.totals(0, horizon)));
            }
        });
        return FailedUsers.of(rows, errors.mostFrequentFirst());
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

    /** What the probes saw so far, by name. */
    public synchronized List<ProbeRow> probes() {
        List<ProbeRow> rows = new ArrayList<>();
        probes.forEach((name, seen) -> rows.add(seen.row(name)));
        return rows;
    }

    /** The newest calls of each probe, in order of time, by name; at most {@value ProbeSeries#KEPT} each. */
    public synchronized Map<String, List<ProbePoint>> probePoints() {
        Map<String, List<ProbePoint>> points = new TreeMap<>();
        probes.forEach((name, seen) -> points.put(name, seen.points()));
        return points;
    }

    /** Arrivals of the open model, as the workers have told of them so far. */
    public synchronized ArrivalTotals arrivals() {
        long intended = 0;
        long started = 0;
        long completed = 0;
        for (Told told : arrivals.values()) {
            intended += told.arrivals.intended();
            started += told.arrivals.started();
            completed += told.arrivals.completed();
        }
        return ArrivalTotals.told(intended, started, completed);
    }

    /** Up to when a worker has told of its arrivals, in cluster time; empty if it never has. */
    public synchronized OptionalLong toldUntil(String workerId) {
        return arrivals.entrySet().stream()
                .filter(told -> told.getKey().workerId().equals(workerId))
                .mapToLong(told -> told.getValue().untilMillis)
                .max();
    }

    private record Told(long seq, long untilMillis, IntervalBatch.Arrivals arrivals) {}

    /** Requests that finished, by worker. */
    public synchronized Map<String, Long> requestsByWorker() {
        return Map.copyOf(requestsByWorker);
    }

    /** The end of the newest second that a worker has told of, in cluster time; 0 if it has not told of any. */
    public synchronized long reportedUntil(String workerId) {
        TreeMap<Long, Long> recent = recentByWorker.get(workerId);
        return recent == null ? 0 : recent.lastKey() + 1000;
    }

    /** Requests per second of one worker over the last ten seconds. */
    public synchronized double recentRpsOf(String workerId) {
        TreeMap<Long, Long> recent = recentByWorker.get(workerId);
        if (recent == null || horizon < t0Millis) {
            return 0;
        }
        long count = recent.subMap(horizon - (RecentWindow.SECONDS - 1) * 1000L, true, horizon, true).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        return Rates.perSecond(count, Math.min(RecentWindow.SECONDS, (horizon + 1000 - t0Millis) / 1000.0));
    }

    /** The totals of a finished run by name of the series, whatever the step; one name is one set of samples. */
    public synchronized SortedMap<String, Totals> totalsByName(Kind kind) {
        Map<String, Series> byName = new TreeMap<>();
        series.forEach((key, s) -> {
            if (key.kind() == kind) {
                byName.computeIfAbsent(key.name(), name -> new Series()).addAll(s);
            }
        });
        SortedMap<String, Totals> totals = new TreeMap<>();
        byName.forEach((name, s) -> totals.put(name, s.totals((endMillis - t0Millis) / 1000.0, horizon)));
        return totals;
    }

    private Series of(SeriesKey key) {
        Series known = series.get(key);
        if (known != null) {
            return known;
        }
        return series.computeIfAbsent(series.size() < SERIES ? key : SeriesKey.other(key.kind()), k -> new Series());
    }

    /** Points in order of time, and the count of changes up to which they are. */
    public record Points(List<Point> points, long change) {
        public Points {
            points = List.copyOf(points);
        }
    }
}
