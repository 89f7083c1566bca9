package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One second of the whole cluster, to which late batches are still added. An old one keeps its histograms encoded. */
final class Second {
    final long millis;
    private final Map<String, Users> users = new HashMap<>();
    private long requests;
    private long failures;
    private Point.@Nullable Arrivals arrivals;
    private @Nullable Samples live;
    private byte[] frozenResponse = {};
    private byte[] frozenService = {};
    private @Nullable Point point;

    /** When the point last changed, by the timeline's count of changes. */
    long changedAt;

    Second(long millis) {
        this.millis = millis;
    }

    /** Adds a batch whose deltas are decoded in {@code samples}, at the same positions. */
    void add(IntervalBatch batch, List<Samples> samples) {
        point = null;
        // A worker may make two batches for one second, its last one being the second; the newer number of users
        // counts.
        users.merge(
                batch.workerId(),
                new Users(batch.seq(), batch.activeVus(), debt(batch)),
                (a, b) -> a.seq > b.seq ? a : b);
        for (int i = 0; i < samples.size(); i++) {
            if (batch.series().get(i).kind() == Kind.REQUEST) {
                requests += batch.series().get(i).count();
                failures += batch.series().get(i).failures();
                Samples all = thawed();
                all.response().add(samples.get(i).response());
                all.service().add(samples.get(i).service());
            }
        }
    }

    /** Adds what a worker has told of arrivals since it told of them before. */
    void add(IntervalBatch.Arrivals fresh) {
        point = null;
        Point.Arrivals so = arrivals == null ? new Point.Arrivals(0, 0, 0) : arrivals;
        arrivals = new Point.Arrivals(
                so.intended() + fresh.intended(), so.started() + fresh.started(), so.completed() + fresh.completed());
    }

    Point point() {
        Point known = point;
        if (known == null) {
            Samples all = thawed();
            int active = users.values().stream().mapToInt(Users::active).sum();
            // A check that failed a request of the second before is counted in this one.
            known = new Point(
                    millis,
                    active,
                    users.values().stream().mapToLong(Users::debt).sum(),
                    requests,
                    Math.max(0, failures),
                    Point.Spread.of(all.response()),
                    Point.Spread.of(all.service()),
                    arrivals);
            point = known;
        }
        return known;
    }

    /** Encodes the histograms: about a hundredth of their size. */
    void freeze() {
        Samples all = live;
        if (all != null) {
            point();
            if (requests > 0) {
                frozenResponse = Samples.encode(all.response());
                frozenService = Samples.encode(all.service());
            }
            live = null;
        }
    }

    private Samples thawed() {
        Samples all = live;
        if (all == null) {
            all = new Samples(new Histogram(Samples.DIGITS), new Histogram(Samples.DIGITS));
            all.response().add(Samples.decode(frozenResponse));
            all.service().add(Samples.decode(frozenService));
            live = all;
        }
        return all;
    }

    private static long debt(IntervalBatch batch) {
        IntervalBatch.Arrivals arrivals = batch.arrivals();
        return arrivals == null ? 0 : Math.max(0, arrivals.intended() - arrivals.started());
    }

    private record Users(long seq, int active, long debt) {}
}
