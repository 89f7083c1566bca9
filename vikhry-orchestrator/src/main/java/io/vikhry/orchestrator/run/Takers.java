package io.vikhry.orchestrator.run;

import io.vikhry.cluster.VuRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Workers that are to be given users, each piece to the one that has least for what it can do. Among workers that can do the same
 * that is the one with the fewest users, so only the first of each such group is looked at: a million users are dealt out to a
 * thousand workers in hundreds of thousands of pieces.
 */
final class Takers {
    private static final double EQUAL = 1e-9;

    private final List<Holding> holdings;
    private final List<Group> groups = new ArrayList<>();

    Takers(List<Holding> holdings) {
        this.holdings = holdings;
        Map<Double, List<Integer>> byCapacity = new HashMap<>();
        for (int i = 0; i < holdings.size(); i++) {
            byCapacity
                    .computeIfAbsent(holdings.get(i).capacity, capacity -> new ArrayList<>())
                    .add(i);
        }
        byCapacity.values().forEach(numbers -> groups.add(new Group(numbers)));
    }

    /** Gives users to the one that has least with them, the first of several. */
    void give(VuRange range) {
        Group best = groups.getFirst();
        for (Group group : groups) {
            if (isBefore(group.first(), best.first(), range.size())) {
                best = group;
            }
        }
        Holding taker = holdings.get(best.first());
        taker.add(range);
        best.firstHas(taker.users());
    }

    private boolean isBefore(int one, int other, int piece) {
        double difference = holdings.get(one).load(piece) - holdings.get(other).load(piece);
        return difference < -EQUAL || (difference <= EQUAL && one < other);
    }

    /**
     * Workers that can do the same, the one with the fewest users first, of several the one with the lowest number: a heap of
     * numbers that have the users in their upper half and the worker's number in the lower.
     */
    private final class Group {
        private final long[] heap;

        Group(List<Integer> numbers) {
            heap = numbers.stream()
                    .mapToLong(number -> key(holdings.get(number).users(), number))
                    .toArray();
            // What is sorted is a heap.
            Arrays.sort(heap);
        }

        private static long key(int users, int number) {
            return ((long) users << Integer.SIZE) | number;
        }

        int first() {
            return (int) heap[0];
        }

        /** The first has so many users now, not fewer than before. */
        void firstHas(int users) {
            long key = key(users, first());
            int at = 0;
            int child = 1;
            while (child < heap.length) {
                if (child + 1 < heap.length && heap[child + 1] < heap[child]) {
                    child++;
                }
                if (key <= heap[child]) {
                    break;
                }
                heap[at] = heap[child];
                at = child;
                child = 2 * at + 1;
            }
            heap[at] = key;
        }
    }
}
