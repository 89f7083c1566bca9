package io.vikhry.orchestrator.run;

import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.VuRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Who runs which users: every user number below {@link #size} belongs to one worker or, as long as there is none, to nobody.
 *
 * <p>Users are at work from number 0 up, so a worker's numbers are spread over the whole of them: at any number of users the
 * workers' loads follow their capacities. The first numbers are dealt out one by one, later ones in pieces that grow with what is
 * there already, so that the list of ranges grows with the logarithm of the number of users; the end is dealt out one by one
 * again. Workers of equal capacity differ by one user at most at every size that was asked for, and by less than two percent in
 * between.
 */
final class Shares {
    /** A piece is at most this part of what a worker has already. */
    private static final int FINENESS = 64;

    private final TreeMap<String, Holding> holdings = new TreeMap<>();
    private final List<VuRange> orphans = new ArrayList<>();
    private int size;

    /** A worker that may hold users. */
    record Holder(String workerId, long fence, double capacity) {}

    /** How many user numbers have been dealt out. */
    int size() {
        return size;
    }

    /** Users that belong to nobody, because no worker is left. */
    int orphans() {
        return orphans.stream().mapToInt(VuRange::size).sum();
    }

    /** Deals out user numbers up to {@code users}, if there are fewer, and those that belong to nobody. */
    void grow(int users, List<Holder> live) {
        if (users > size) {
            orphans.add(new VuRange(size, users));
            size = users;
        }
        deal(live);
    }

    /** Takes the users of a worker whose lease is gone and deals them out to others. */
    void lose(String workerId, List<Holder> live) {
        Holding lost = holdings.remove(workerId);
        if (lost != null) {
            orphans.addAll(lost.ranges);
            deal(live);
        }
    }

    /** The fence of the lease to which a worker's users were given, by worker. */
    Map<String, Long> fences() {
        Map<String, Long> fences = new HashMap<>();
        holdings.forEach((id, holding) -> fences.put(id, holding.fence));
        return fences;
    }

    /** Takes over what another orchestrator has dealt out. */
    void take(Map<String, Assignment.Share> dealt) {
        dealt.forEach((workerId, share) -> {
            Holding holding = new Holding(share.fence(), Math.max(0.01, share.rateShare()));
            share.ranges().forEach(holding::add);
            holdings.put(workerId, holding);
            size = Math.max(
                    size, share.ranges().stream().mapToInt(VuRange::to).max().orElse(0));
        });
    }

    /** For the assignment. Arrivals go where the users are who may serve them, so nobody gets some without any. */
    Map<String, Assignment.Share> toAssign(RunPlan.LoadModel model) {
        ToDoubleFunction<Holding> weight = model == RunPlan.LoadModel.RATE ? h -> h.users : h -> h.capacity;
        double sum = holdings.values().stream().mapToDouble(weight).sum();
        Map<String, Assignment.Share> shares = new HashMap<>();
        holdings.forEach((id, holding) -> shares.put(
                id,
                new Assignment.Share(
                        holding.ranges, sum == 0 ? 0 : weight.applyAsDouble(holding) / sum, holding.fence)));
        return shares;
    }

    /** How many of the first {@code users} user numbers a worker has. */
    int usersOf(String workerId, int users) {
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
            holdings.computeIfAbsent(holder.workerId, id -> new Holding(holder.fence, Math.max(0.01, holder.capacity)));
        }
        int workers = holdings.size();
        long left = orphans();
        long dealt = size - left;
        for (VuRange range : orphans) {
            int from = range.from();
            while (from < range.to()) {
                long fine = Math.min(dealt / ((long) FINENESS * workers), left / (4L * workers));
                int piece = workers == 1 ? range.to() - from : (int) Math.max(1, fine);
                int to = Math.min(range.to(), from + piece);
                neediest(to - from).add(new VuRange(from, to));
                dealt += to - from;
                left -= to - from;
                from = to;
            }
        }
        orphans.clear();
        holdings.values().forEach(Holding::join);
    }

    private Holding neediest(int piece) {
        Holding best = null;
        for (Holding holding : holdings.values()) {
            if (best == null || holding.load(piece) < best.load(piece) - 1e-9) {
                best = holding;
            }
        }
        if (best == null) {
            throw new IllegalStateException("no worker to deal users to");
        }
        return best;
    }

    private static final class Holding {
        final long fence;
        final double capacity;
        final List<VuRange> ranges = new ArrayList<>();
        private int users;

        Holding(long fence, double capacity) {
            this.fence = fence;
            this.capacity = capacity;
        }

        /** How loaded it would be with {@code piece} users more. */
        double load(int piece) {
            return (users + piece) / capacity;
        }

        void add(VuRange range) {
            int last = ranges.size() - 1;
            if (last >= 0 && ranges.get(last).to() == range.from()) {
                ranges.set(last, new VuRange(ranges.get(last).from(), range.to()));
            } else {
                ranges.add(range);
            }
            users += range.size();
        }

        /** Sorts the ranges and joins those that touch. */
        void join() {
            List<VuRange> sorted = new ArrayList<>(ranges);
            sorted.sort(Comparator.comparingInt(VuRange::from));
            ranges.clear();
            users = 0;
            sorted.forEach(this::add);
        }
    }
}
