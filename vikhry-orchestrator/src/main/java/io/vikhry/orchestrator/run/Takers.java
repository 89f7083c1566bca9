package io.vikhry.orchestrator.run;

import io.vikhry.cluster.VuRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Workers that are to be given users, each piece to the one that has least for what it can do. Among workers that can do the same
 * that is the one with the fewest users, so only the first of each such group is looked at: a million users are dealt out to a
 * thousand workers in tens of thousands of pieces.
 */
final class Takers {
    private static final double EQUAL = 1e-9;

    private final List<PriorityQueue<Taker>> groups;

    /** The one with the fewest users first; of several the one with the lowest number. */
    private record Taker(Holding holding, int number) implements Comparable<Taker> {
        @Override
        public int compareTo(Taker that) {
            int users = Integer.compare(holding.users(), that.holding.users());
            return users != 0 ? users : Integer.compare(number, that.number);
        }
    }

    Takers(List<Holding> holdings) {
        Map<Double, PriorityQueue<Taker>> byCapacity = new HashMap<>();
        for (int i = 0; i < holdings.size(); i++) {
            byCapacity
                    .computeIfAbsent(holdings.get(i).capacity, capacity -> new PriorityQueue<>())
                    .add(new Taker(holdings.get(i), i));
        }
        this.groups = new ArrayList<>(byCapacity.values());
    }

    /** Gives users to the one that has least with them, the first of several. */
    void give(VuRange range) {
        PriorityQueue<Taker> best = groups.getFirst();
        for (PriorityQueue<Taker> group : groups) {
            if (isBefore(group.element(), best.element(), range.size())) {
                best = group;
            }
        }
        Taker taker = best.remove();
        taker.holding.add(range);
        best.add(taker);
    }

    private static boolean isBefore(Taker one, Taker other, int piece) {
        double difference = one.holding.load(piece) - other.holding.load(piece);
        return difference < -EQUAL || (difference <= EQUAL && one.number < other.number);
    }
}
