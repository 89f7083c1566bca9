package io.vikhry.orchestrator.run;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.RangeText;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.VuRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Who runs which users, and who runs the probes: every user number below {@link #size} belongs to one worker, is in transit from
 * one, or, as long as there is no worker, belongs to nobody.
 *
 * <p>Users are at work from number 0 up, so a worker's numbers are spread over the whole of them: at any number of users the
 * workers' loads follow their capacities. The first numbers are dealt out one by one, later ones in pieces that grow with what is
 * there already, so that the list of ranges grows with the logarithm of the number of users; the end is dealt out one by one
 * again. Workers of equal capacity differ by one user at most at every size that was asked for, and by less than two percent in
 * between.
 *
 * <p>A number never goes from one worker to another in one step. {@link #rebalance} takes it from the one, and only when that
 * worker has said that the user has ended ({@link #settle}), or its lease is over ({@link #lose}), is it dealt out again.
 *
 * <p>The conductor's thread changes it, any may read; each call takes the lock.
 */
final class Shares {
    /** A worker is given more when it has this much less than its due, as a part of that. */
    private static final double TOLERANCE = 0.1;

    private final TreeMap<String, Holding> holdings = new TreeMap<>();
    private final List<Transit> transit = new ArrayList<>();
    private final List<VuRange> orphans = new ArrayList<>();
    private int size;
    /** Who runs the scenario's probes; changes only when that worker is lost. */
    private volatile @Nullable String prober;

    /** A worker that may hold users. */
    record Holder(String workerId, long fence, double capacity) {}

    /**
     * Users that a worker was told to end.
     *
     * @param fence the lease under which it had them
     * @param version the assignment that took them away
     */
    record Transit(
            String workerId,
            long fence,
            long version,

            @JsonSerialize(converter = RangeText.Writer.class) @JsonDeserialize(converter = RangeText.Reader.class)
            List<VuRange> ranges) {
        Transit {
            ranges = List.copyOf(ranges);
        }
    }

    /** How many user numbers have been dealt out. */
    synchronized int size() {
        return size;
    }

    /** Users that belong to nobody, because no worker is left. */
    synchronized int orphans() {
        return orphans.stream().mapToInt(VuRange::size).sum();
    }

    /** Users that their worker was told to end, and that nobody has been given yet. */
    synchronized List<Transit> transit() {
        return List.copyOf(transit);
    }

    /** Deals out user numbers up to {@code users}, if there are fewer, and those that belong to nobody. */
    synchronized void grow(int users, List<Holder> live) {
        if (users > size) {
            orphans.add(new VuRange(size, users));
            size = users;
        }
        deal(live);
    }

    /** Takes the users of a worker whose lease is over and deals them out to others; whether it had any. */
    synchronized boolean lose(String workerId, long fence, List<Holder> live) {
        Holding lost = holdings.get(workerId);
        boolean had = false;
        if (lost != null && lost.fence == fence) {
            holdings.remove(workerId);
            if (workerId.equals(prober)) {
                prober = null;
            }
            orphans.addAll(lost.ranges);
            had = true;
        }
        for (Transit each : List.copyOf(transit)) {
            if (each.workerId.equals(workerId) && each.fence == fence) {
                transit.remove(each);
                orphans.addAll(each.ranges);
                had = true;
            }
        }
        deal(live);
        return had;
    }

    /** The worker that runs the scenario's probes; empty while there is none. */
    Optional<String> prober() {
        return Optional.ofNullable(prober);
    }

    /** A worker follows an assignment, with nobody at work beside it: deals out what that took from it; whether it took any. */
    synchronized boolean settle(String workerId, long fence, long version, List<Holder> live) {
        boolean ended = false;
        for (Transit each : List.copyOf(transit)) {
            if (each.workerId.equals(workerId) && each.fence == fence && each.version <= version) {
                transit.remove(each);
                orphans.addAll(each.ranges);
                ended = true;
            }
        }
        if (ended) {
            deal(live);
        }
        return ended;
    }

    /**
     * Takes users from those who have too many for one who has too few, if there is one; with assignment {@code version} they are
     * told. Does nothing while others are in transit.
     *
     * @return whether it took any
     */
    synchronized boolean rebalance(List<Holder> live, long version) {
        if (!transit.isEmpty() || orphans() > 0 || !uneven(live)) {
            return false;
        }
        Map<String, List<VuRange>> taken = new Redeal(holdings, live, size).taken();
        taken.forEach((workerId, ranges) -> {
            Holding holding = holdings.get(workerId);
            if (holding != null && !ranges.isEmpty()) {
                holding.remove(ranges);
                transit.add(new Transit(workerId, holding.fence, version, ranges));
            }
        });
        return !transit.isEmpty();
    }

    private boolean uneven(List<Holder> live) {
        double capacity = live.stream().mapToDouble(Holder::capacity).sum();
        for (Holder holder : live) {
            double due = size * holder.capacity / capacity;
            Holding holding = holdings.get(holder.workerId);
            int has = holding == null ? 0 : holding.users();
            if (due - has >= Math.max(1, due * TOLERANCE)) {
                return true;
            }
        }
        return false;
    }

    /** The fence of the lease to which a worker's users were given, by worker; also of those who are only to end some. */
    synchronized Map<String, Long> fences() {
        Map<String, Long> fences = new HashMap<>();
        transit.forEach(each -> fences.put(each.workerId, each.fence));
        holdings.forEach((id, holding) -> fences.put(id, holding.fence));
        return fences;
    }

    /** Takes over what another orchestrator has dealt out. */
    synchronized void take(Map<String, Assignment.Share> dealt, List<Transit> underWay) {
        dealt.forEach((workerId, share) -> {
            Holding holding = new Holding(share.fence(), Math.max(0.01, share.rateShare()));
            share.ranges().forEach(holding::add);
            holdings.put(workerId, holding);
            prober = share.probes() ? workerId : prober;
        });
        transit.addAll(underWay);
        List<VuRange> known = new ArrayList<>();
        holdings.values().forEach(h -> known.addAll(h.ranges));
        transit.forEach(t -> known.addAll(t.ranges));
        known.sort(Comparator.comparingInt(VuRange::from));
        for (VuRange range : known) {
            if (range.from() > size) {
                orphans.add(new VuRange(size, range.from()));
            }
            size = Math.max(size, range.to());
        }
    }

    /** For the assignment. Arrivals go where the users are who may serve them, so nobody gets some without any. */
    synchronized Map<String, Assignment.Share> toAssign(RunPlan.LoadModel model) {
        ToDoubleFunction<Holding> weight = model == RunPlan.LoadModel.RATE ? Holding::users : h -> h.capacity;
        double sum = holdings.values().stream().mapToDouble(weight).sum();
        Map<String, Assignment.Share> shares = new HashMap<>();
        double from = 0;
        for (Map.Entry<String, Holding> each : holdings.entrySet()) {
            Holding holding = each.getValue();
            double part = sum == 0 ? 0 : weight.applyAsDouble(holding) / sum;
            boolean probes = each.getKey().equals(prober);
            shares.put(
                    each.getKey(),
                    new Assignment.Share(holding.ranges, part, holding.fence, probes, null, Math.min(1, from)));
            from += part;
        }
        return shares;
    }

    /** How many of the first {@code users} user numbers a worker has. */
    synchronized int usersOf(String workerId, int users) {
        Holding holding = holdings.get(workerId);
        return holding == null
                ? 0
                : holding.ranges.stream()
                        .mapToInt(r -> Math.max(0, Math.min(r.to(), users) - r.from()))
                        .sum();
    }

    private void deal(List<Holder> live) {
        if (live.isEmpty()) {
            return;
        }
        for (Holder holder : live) {
            Holding known = holdings.get(holder.workerId);
            if (known == null) {
                holdings.put(holder.workerId, new Holding(holder.fence, Math.max(0.01, holder.capacity)));
            } else if (known.fence == holder.fence) {
                known.capacity = Math.max(0.01, holder.capacity);
            }
        }
        // A worker that joined again may still have users under the lease before.
        List<Holding> takers = new ArrayList<>();
        for (Holder holder : live) {
            Holding holding = holdings.get(holder.workerId);
            if (holding != null && holding.fence == holder.fence) {
                takers.add(holding);
            }
        }
        if (takers.isEmpty()) {
            return;
        }
        if (prober == null) {
            prober = live.stream()
                    .map(Holder::workerId)
                    .filter(id -> takers.contains(holdings.get(id)))
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
        }
        Takers queue = new Takers(takers);
        Pieces pieces = new Pieces(size - orphans(), orphans(), takers.size());
        orphans.sort(Comparator.comparingInt(VuRange::from));
        for (VuRange range : orphans) {
            int from = range.from();
            while (from < range.to()) {
                int to = Math.min(range.to(), from + pieces.next(range.to() - from));
                queue.give(new VuRange(from, to));
                pieces.dealt(to - from);
                from = to;
            }
        }
        orphans.clear();
        holdings.values().forEach(Holding::join);
    }
}
