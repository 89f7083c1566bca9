package io.vikhry.cluster;

/** User numbers from {@code from} (included) to {@code to} (excluded). */
public record VuRange(int from, int to) {
    public VuRange {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("not a range of users: " + from + ".." + to);
        }
    }

    /** How many users. */
    public int size() {
        return to - from;
    }
}
