package io.vikhry.orchestrator.metrics;

import java.util.Arrays;

/**
 * How many samples fell into each bucket of an HdrHistogram with 3 significant digits, in µs. The buckets are kept in pages of
 * 128, and only pages in which something was ever counted take memory: latencies of one series fill a few of them, and adding
 * what one worker saw in a second touches as many buckets as it has distinct values, not as many as there could be.
 *
 * <p>Adding is exact and in any order; every figure read is the one that an HdrHistogram of the same samples gives.
 */
final class Counts {
    /** Significant decimal digits. */
    static final int DIGITS = 3;

    /** Buckets that values of a long can fall into. */
    static final int BUCKETS = 54 * 1024 + 1024;

    private static final int HALF_BITS = 10;
    private static final int HALF = 1 << HALF_BITS;
    static final int PAGE_BITS = 7;
    static final int PAGE = 1 << PAGE_BITS;
    /** In the place of a page that nobody has asked for. */
    static final long[] NO_PAGE = {};

    private long[][] pages = {};
    private long total;
    /** Empty pages that {@link #clear} has kept, and how many there are. */
    private long[][] spare = {};

    private int spares;

    /** Samples. */
    long total() {
        return total;
    }

    /** Adds {@code count} samples to a bucket; a negative count takes them off again. */
    void add(int bucket, long count) {
        page(bucket >>> PAGE_BITS)[bucket & (PAGE - 1)] += count;
        total += count;
    }

    /** The counts of {@value #PAGE} buckets, to be added to; what was added is to be told to {@link #grown}. */
    long[] page(int number) {
        if (number >= pages.length) {
            pages = Arrays.copyOf(pages, number + 1);
        }
        long[] page = pages[number];
        if (page == null) {
            page = spares > 0 ? spare[--spares] : new long[PAGE];
            pages[number] = page;
        }
        return page;
    }

    /** So many samples were added to pages. */
    void grown(long samples) {
        total += samples;
    }

    /** Begins anew, and keeps the room for what comes next. */
    void clear() {
        spare = Arrays.copyOf(spare, Math.max(spare.length, spares + pages.length));
        for (long[] page : pages) {
            if (page != null) {
                Arrays.fill(page, 0);
                spare[spares++] = page;
            }
        }
        Arrays.fill(pages, null);
        total = 0;
    }

    void addAll(Counts that) {
        for (int number = 0; number < that.pages.length; number++) {
            long[] more = that.pages[number];
            if (more != null) {
                long[] page = page(number);
                for (int i = 0; i < PAGE; i++) {
                    page[i] += more[i];
                }
            }
        }
        total += that.total;
    }

    /** Hands every bucket that holds something to {@code each}, from the lowest up. */
    void forEach(Visitor each) {
        for (int number = 0; number < pages.length; number++) {
            long[] page = pages[number];
            if (page != null) {
                for (int i = 0; i < PAGE; i++) {
                    if (page[i] != 0) {
                        each.see((number << PAGE_BITS) + i, page[i]);
                    }
                }
            }
        }
    }

    /** Sees a bucket and its count. */
    interface Visitor {
        void see(int bucket, long count);
    }

    /** The mean, each sample taken at the middle of its bucket; 0 without samples. */
    double mean() {
        double[] sum = {0};
        forEach((bucket, count) -> sum[0] += (double) (lowest(bucket) + (width(bucket) >> 1)) * count);
        return total == 0 ? 0 : sum[0] / total;
    }

    /** The highest value; 0 without samples. */
    long max() {
        for (int number = pages.length - 1; number >= 0; number--) {
            long[] page = pages[number];
            for (int i = PAGE - 1; page != null && i >= 0; i--) {
                if (page[i] != 0) {
                    return highest((number << PAGE_BITS) + i);
                }
            }
        }
        return 0;
    }

    /** The values below which these percents of the samples are, ascending, in one pass; 0 without samples. */
    long[] atPercentiles(double... ascending) {
        long[] values = new long[ascending.length];
        int next = 0;
        long seen = 0;
        for (int number = 0; number < pages.length; number++) {
            long[] page = pages[number];
            for (int i = 0; page != null && i < PAGE; i++) {
                seen += page[i];
                while (next < ascending.length && page[i] != 0 && seen >= rank(ascending[next])) {
                    values[next++] = highest((number << PAGE_BITS) + i);
                }
            }
        }
        return values;
    }

    /** As HdrHistogram does it: a percentile that a double cannot hold exactly must not fall behind the sample it means. */
    private long rank(double percentile) {
        double exact = Math.nextDown(percentile) * total / 100;
        return Math.max(1, (long) Math.ceil(exact));
    }

    /** The bucket of a value of 0 or more. */
    static int bucket(long value) {
        int row = Long.SIZE - HALF_BITS - 1 - Long.numberOfLeadingZeros(value | (2 * HALF - 1));
        return ((row + 1) << HALF_BITS) + (int) (value >>> row) - HALF;
    }

    private static int row(int bucket) {
        return Math.max(0, (bucket >> HALF_BITS) - 1);
    }

    private static long lowest(int bucket) {
        int within = bucket < 2 * HALF ? bucket : (bucket & (HALF - 1)) + HALF;
        return (long) within << row(bucket);
    }

    private static long width(int bucket) {
        return 1L << row(bucket);
    }

    private static long highest(int bucket) {
        return lowest(bucket) + width(bucket) - 1;
    }
}
