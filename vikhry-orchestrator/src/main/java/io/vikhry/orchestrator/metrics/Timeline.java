package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The last hour of a run, second by second.
 *
 * <p>A second is shown when every worker that still sends has sent it, or {@value #GRACE_MILLIS} ms after it ended: the newest
 * such second is the horizon, which only moves forward. A batch that comes later changes its second's point; one that comes more
 * than an hour later does not.
 */
final class Timeline {
    static final int SECONDS = 3600;
    static final long GRACE_MILLIS = 2000;
    /** How long after that a worker of which nothing has come is still waited for. */
    private static final long SILENT_MILLIS = 10_000;

    private static final int LIVE = 15;

    private final TreeMap<Long, Second> seconds = new TreeMap<>();
    /** Those that have changed and were not packed since. */
    private final TreeMap<Long, Second> awake = new TreeMap<>();

    private final Map<String, Long> newestByWorker = new HashMap<>();
    /** Every worker that ever sent, by name: its number. */
    private final Map<String, Integer> numbers = new HashMap<>();

    private final FormerUsers former = new FormerUsers();
    private long startMillis = Long.MAX_VALUE;
    private long horizon = Long.MIN_VALUE / 2;
    private long changes;

    /** Says when the load begins, so that the first seconds are there even if nobody sends them. */
    void start(long t0Millis) {
        startMillis = secondOf(t0Millis);
    }

    /**
     * Notes what a batch says of its worker and of the worker's second; {@code arrivals} are those since its batch before, or
     * {@code null}. The requests are told apart, by {@link #add}.
     */
    void note(IntervalBatch batch, IntervalBatch.@Nullable Arrivals arrivals) {
        long millis = secondOf(batch.secondMillis());
        if (batch.last()) {
            newestByWorker.remove(batch.workerId());
        } else {
            newestByWorker.merge(batch.workerId(), millis, Math::max);
        }
        Second second = second(millis);
        if (second != null) {
            second.note(batch, numbers.computeIfAbsent(batch.workerId(), id -> numbers.size()));
            if (arrivals != null) {
                second.add(arrivals);
            }
            changed(second);
        }
    }

    /** Adds requests of a second. */
    void add(long secondMillis, Sheaf requests) {
        Second second = second(secondOf(secondMillis));
        if (second != null) {
            second.add(requests);
            changed(second);
        }
    }

    /** That second; {@code null} if it is too old to be kept. */
    private @Nullable Second second(long millis) {
        if (!seconds.isEmpty() && millis < oldest()) {
            return null;
        }
        return seconds.computeIfAbsent(millis, Second::new);
    }

    /** The oldest second that a batch may still tell of, where there is one. */
    private long oldest() {
        return seconds.lastKey() - (SECONDS - 1) * 1000L;
    }

    private void changed(Second second) {
        second.changedAt = ++changes;
        awake.put(second.millis, second);
        if (seconds.size() > SECONDS + LIVE) {
            dropOldest();
        }
    }

    /** Packs the seconds that are not expected to change any more; to be called after batches were added. */
    void settle() {
        if (!seconds.isEmpty()) {
            SortedMap<Long, Second> old = awake.headMap(seconds.lastKey() - LIVE * 1000L);
            old.values().forEach(Second::freeze);
            old.clear();
        }
    }

    /** Moves the horizon to where it belongs at {@code nowMillis} and returns it. */
    long moveTo(long nowMillis) {
        long overdue = secondOf(nowMillis - 1000 - GRACE_MILLIS);
        // Who is lost must not hold the others back for the rest of the run.
        newestByWorker.values().removeIf(newest -> newest < overdue - SILENT_MILLIS);
        show(Math.max(overdue, heardOfAll()));
        return horizon;
    }

    /** Start of the newest second that every worker which still sends has sent, or {@link Long#MIN_VALUE}. */
    long heardOfAll() {
        return newestByWorker.values().stream().mapToLong(Long::longValue).min().orElse(Long.MIN_VALUE);
    }

    /** Shows everything that arrived: nothing more is to come. Returns the horizon. */
    long finish() {
        newestByWorker.clear();
        if (!seconds.isEmpty()) {
            show(Math.max(horizon, seconds.lastKey()));
        }
        return horizon;
    }

    /** Start of the newest second in which a request finished, or 0. */
    long newestRequestMillis() {
        for (Second second : seconds.descendingMap().values()) {
            if (second.point().rps() > 0) {
                return second.millis;
            }
        }
        return 0;
    }

    /** The points that changed after the count of changes was {@code since}, in order of time. */
    List<Point> changedSince(long since) {
        List<Point> points = new ArrayList<>();
        for (Second second : seconds.headMap(horizon, true).values()) {
            if (second.changedAt > since) {
                points.add(second.point());
            }
        }
        return points;
    }

    /**
     * Hands the users of each second of the run to {@code each} that begins at {@code fromMillis} or later, also of those that are too
     * old to be points.
     */
    void forEachSecond(long fromMillis, UsersAt each) {
        former.forEach(startMillis, fromMillis, each);
        if (fromMillis <= horizon) {
            seconds.subMap(fromMillis, true, horizon, true)
                    .values()
                    .forEach(second -> each.see(second.millis, second.active()));
        }
    }

    /** Start of the oldest second whose users may still change; {@link Long#MIN_VALUE} if any may. */
    long unsettledMillis() {
        return seconds.isEmpty() ? Long.MIN_VALUE : Math.min(seconds.firstKey(), oldest());
    }

    /** How far the horizon was at least when the newest batch came; where it is now, if that is not known. */
    long reached() {
        boolean begun = !seconds.isEmpty() && seconds.lastKey() - GRACE_MILLIS >= startMillis;
        return begun ? Math.max(horizon, seconds.lastKey() - GRACE_MILLIS) : horizon;
    }

    /** How often points have changed so far. */
    long changes() {
        return changes;
    }

    private void show(long until) {
        if (startMillis == Long.MAX_VALUE || until < startMillis || until <= horizon) {
            return;
        }
        // A worker whose clock is far ahead must not fill an hour with nothing: one step is at most an hour anyway.
        long from = Math.max(Math.max(startMillis, horizon + 1000), until - (SECONDS - 1) * 1000L);
        for (long millis = from; millis <= until; millis += 1000) {
            seconds.computeIfAbsent(millis, Second::new).changedAt = ++changes;
        }
        horizon = until;
        while (seconds.size() > SECONDS) {
            dropOldest();
        }
        seconds.headMap(horizon - LIVE * 1000L).values().forEach(Second::freeze);
    }

    private void dropOldest() {
        Map.Entry<Long, Second> oldest = seconds.pollFirstEntry();
        if (oldest != null) {
            former.note(oldest.getKey() - startMillis, oldest.getValue().active());
        }
    }

    private static long secondOf(long millis) {
        return Math.floorDiv(millis, 1000L) * 1000L;
    }
}
