package io.vikhry.orchestrator.run;

import io.vikhry.cluster.VuRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The users of one worker. */
final class Holding {
    /** The lease they were given to. */
    final long fence;

    final List<VuRange> ranges = new ArrayList<>();
    double capacity;
    private int users;

    Holding(long fence, double capacity) {
        this.fence = fence;
        this.capacity = capacity;
    }

    int users() {
        return users;
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

    /** Takes away what is in {@code gone}, ascending ranges of its own. */
    void remove(List<VuRange> gone) {
        List<VuRange> kept = new ArrayList<>();
        int next = 0;
        for (VuRange range : ranges) {
            int from = range.from();
            while (next < gone.size() && gone.get(next).from() < range.to()) {
                if (gone.get(next).from() > from) {
                    kept.add(new VuRange(from, gone.get(next).from()));
                }
                from = gone.get(next).to();
                next++;
            }
            if (from < range.to()) {
                kept.add(new VuRange(from, range.to()));
            }
        }
        ranges.clear();
        users = 0;
        kept.forEach(this::add);
    }

    /** Sorts the ranges and joins those that touch. */
    void join() {
        if (joined()) {
            return;
        }
        List<VuRange> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingInt(VuRange::from));
        ranges.clear();
        users = 0;
        sorted.forEach(this::add);
    }

    private boolean joined() {
        for (int i = 1; i < ranges.size(); i++) {
            if (ranges.get(i).from() <= ranges.get(i - 1).to()) {
                return false;
            }
        }
        return true;
    }
}
