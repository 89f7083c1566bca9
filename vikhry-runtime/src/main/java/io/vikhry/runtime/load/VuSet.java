package io.vikhry.runtime.load;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** An immutable set of user numbers, kept as ascending ranges that neither touch nor overlap. */
public final class VuSet {
    /** No users. */
    public static final VuSet EMPTY = new VuSet(List.of());

    private final List<Range> ranges;

    private VuSet(List<Range> ranges) {
        this.ranges = ranges;
    }

    /** The users from {@code from} (included) to {@code to} (excluded). */
    public static VuSet of(int from, int to) {
        return of(List.of(new Range(from, to)));
    }

    /** The union of {@code ranges}. */
    public static VuSet of(List<Range> ranges) {
        List<Range> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingInt(Range::from));
        List<Range> joined = new ArrayList<>();
        for (Range range : sorted) {
            if (range.from == range.to) {
                continue;
            }
            Range last = joined.isEmpty() ? null : joined.getLast();
            if (last != null && range.from <= last.to) {
                joined.set(joined.size() - 1, new Range(last.from, Math.max(last.to, range.to)));
            } else {
                joined.add(range);
            }
        }
        return joined.isEmpty() ? EMPTY : new VuSet(List.copyOf(joined));
    }

    /** The ranges, ascending. */
    public List<Range> ranges() {
        return ranges;
    }

    /** Whether user {@code vu} is in it. */
    public boolean contains(int vu) {
        for (Range range : ranges) {
            if (vu < range.to) {
                return vu >= range.from;
            }
        }
        return false;
    }

    /** How many of its users have a number below {@code bound}. */
    public int countBelow(int bound) {
        int count = 0;
        for (Range range : ranges) {
            count += Math.max(0, Math.min(range.to, bound) - range.from);
        }
        return count;
    }

    /** How many users. */
    public int size() {
        return countBelow(Integer.MAX_VALUE);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VuSet set && ranges.equals(set.ranges);
    }

    @Override
    public int hashCode() {
        return ranges.hashCode();
    }

    @Override
    public String toString() {
        return ranges.toString();
    }

    /** User numbers from {@code from} (included, 0 or more) to {@code to} (excluded). */
    public record Range(int from, int to) {
        public Range {
            if (from < 0 || to < from) {
                throw new IllegalArgumentException("not a range of users: " + from + ".." + to);
            }
        }

        @Override
        public String toString() {
            return from + ".." + to;
        }
    }
}
