package io.vikhry.cluster;

import java.util.BitSet;

/** Which numbers of one sequence have come: a bit each, so an hour's batches are 450 bytes. */
final class Sequence {
    /** Highest number that may be: four months of seconds. Keeps a forged number from taking memory. */
    static final long MAX = 10_000_000;

    private final BitSet seen = new BitSet();
    private long newest;
    private long cursor;

    boolean accept(long seq) {
        if (seq < 1 || seq > MAX) {
            return false;
        }
        int bit = (int) seq;
        if (seen.get(bit)) {
            return false;
        }
        seen.set(bit);
        newest = Math.max(newest, seq);
        settle();
        return true;
    }

    void expect(long number) {
        newest = Math.max(newest, Math.min(number, MAX));
    }

    /** All up to here have come, or have been waited for long enough. */
    long cursor() {
        return cursor;
    }

    /** The newest that has come. */
    long reached() {
        return Math.max(0, seen.length() - 1);
    }

    long missing() {
        return newest - seen.cardinality();
    }

    /** Those of the missing that are newer than all that have come. */
    long missingAtEnd() {
        return newest - reached();
    }

    private void settle() {
        long complete = seen.nextClearBit((int) cursor + 1) - 1L;
        long givenUp = seen.length() - 1L - BatchLedger.PATIENCE;
        while (givenUp > complete) {
            // The gap behind `complete` is older than the patience: go on to the end of what came after it.
            int next = seen.nextSetBit((int) complete + 1);
            complete = Math.min(next - 1L, givenUp);
            complete = seen.nextClearBit((int) complete + 1) - 1L;
        }
        cursor = Math.max(cursor, complete);
    }
}
