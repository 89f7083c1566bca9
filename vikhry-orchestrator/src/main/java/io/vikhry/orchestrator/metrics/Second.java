package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One second of the whole cluster, to which late batches are still added. An old one keeps its samples packed, and of its workers
 * only the sums and who is in them.
 */
final class Second {
    final long millis;
    /** What each worker said, by its number; in an old second nothing but what came late. */
    private Map<Integer, Users> users = new HashMap<>();

    private final BitSet counted = new BitSet();
    private int activeCounted;
    private long debtCounted;
    private long requests;
    private long failures;
    private Point.@Nullable Arrivals arrivals;
    private @Nullable Samples live;
    private Packed response = Packed.NOTHING;
    private Packed service = Packed.NOTHING;
    private @Nullable Point point;

    /** When the point last changed, by the timeline's count of changes. */
    long changedAt;

    Second(long millis) {
        this.millis = millis;
    }

    /** Notes what a batch of worker number {@code worker} says of the worker. */
    void note(IntervalBatch batch, int worker) {
        point = null;
        if (!counted.get(worker)) {
            // A worker may make two batches for one second, its last one being the second; the newer number of users
            // counts.
            users.merge(
                    worker, new Users(batch.seq(), batch.activeVus(), debt(batch)), (a, b) -> a.seq > b.seq ? a : b);
        }
    }

    /** Adds requests. */
    void add(Sheaf fresh) {
        point = null;
        requests += fresh.count;
        failures += fresh.failures;
        Samples all = thawed();
        all.response.addAll(fresh.response);
        all.service.addAll(fresh.service);
    }

    /** Adds what a worker has told of arrivals since it told of them before. */
    void add(IntervalBatch.Arrivals fresh) {
        point = null;
        Point.Arrivals so = arrivals == null ? new Point.Arrivals(0, 0, 0) : arrivals;
        arrivals = new Point.Arrivals(
                so.intended() + fresh.intended(), so.started() + fresh.started(), so.completed() + fresh.completed());
    }

    /** Users at work at its end. */
    int active() {
        return activeCounted + users.values().stream().mapToInt(Users::active).sum();
    }

    Point point() {
        Point known = point;
        if (known == null) {
            Samples all = thawed();
            // A check that failed a request of the second before is counted in this one.
            known = new Point(
                    millis,
                    active(),
                    debtCounted + users.values().stream().mapToLong(Users::debt).sum(),
                    requests,
                    Math.max(0, failures),
                    Point.Spread.of(all.response),
                    Point.Spread.of(all.service),
                    arrivals);
            point = known;
        }
        return known;
    }

    /** Packs it: some kB are left of it, however many workers there are. */
    void freeze() {
        Samples all = live;
        if (all != null) {
            point();
            response = Packed.of(all.response);
            service = Packed.of(all.service);
            live = null;
        }
        if (!users.isEmpty()) {
            users.forEach((worker, last) -> {
                counted.set(worker);
                activeCounted += last.active;
                debtCounted += last.debt;
            });
            users = new HashMap<>();
        }
    }

    private Samples thawed() {
        Samples all = live;
        if (all == null) {
            all = new Samples(new Counts(), new Counts());
            response.addTo(all.response);
            service.addTo(all.service);
            live = all;
        }
        return all;
    }

    private static long debt(IntervalBatch batch) {
        IntervalBatch.Arrivals arrivals = batch.arrivals();
        return arrivals == null ? 0 : Math.max(0, arrivals.intended() - arrivals.started());
    }

    private record Samples(Counts response, Counts service) {}

    private record Users(long seq, int active, long debt) {}
}
