package io.vikhry.runtime.http;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The response heads that came last, and what they say. Servers repeat themselves, to one user as to the next: so the connections
 * of a loop share one of these, and a head that is equal to one of its few is neither read line by line nor copied again.
 */
final class KnownHeads {
    private static final int MOST = 8;
    private static final int LONGEST = 4096;

    /**
     * A whole head that may be followed by a body as its lines say.
     *
     * @param bytes with the blank line at the end; not to be changed
     * @param lines not to be changed
     */
    record Known(byte[] bytes, HeadLines lines) {
        private boolean begins(byte[] in, int at, int to) {
            int n = bytes.length;
            return to - at >= n && Arrays.equals(in, at, at + n, bytes, 0, n);
        }
    }

    /** The one that was met last comes first. */
    private final @Nullable Known[] latest = new Known[MOST];

    /** The one with which the bytes at {@code at} begin, or null. */
    @Nullable Known match(byte[] in, int at, int to) {
        for (int i = 0; i < MOST; i++) {
            Known each = latest[i];
            if (each == null) {
                return null;
            }
            if (each.begins(in, at, to)) {
                if (i > 0) {
                    System.arraycopy(latest, 0, latest, 1, i);
                    latest[0] = each;
                }
                return each;
            }
        }
        return null;
    }

    /** Remembers a head, in place of the one that was not met for longest. */
    void add(byte[] bytes, HeadLines lines) {
        if (bytes.length <= LONGEST) {
            System.arraycopy(latest, 0, latest, 1, MOST - 1);
            latest[0] = new Known(bytes, lines);
        }
    }
}
