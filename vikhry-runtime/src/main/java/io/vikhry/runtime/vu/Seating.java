package io.vikhry.runtime.vu;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Says on which loop the next user lives: on the same as the one before, until that has a few more than another.
 *
 * <p>Neighbours in number lie side by side in memory, and the collector keeps it so. Where they live on the same loop, so do what
 * shares a line of the CPU's cache: two CPUs that write to one line wait for each other. Dealt in turn, users on two loops did
 * less than on one. For one thread.
 */
final class Seating {
    /** A loop may have one user more than another for each so many there are. */
    private static final int FEW = 32;

    private final AtomicIntegerArray livesByLoop;
    private int last;

    Seating(AtomicIntegerArray livesByLoop) {
        this.livesByLoop = livesByLoop;
    }

    /** The index of a loop. */
    int next() {
        int fewest = 0;
        int all = 0;
        for (int i = 0; i < livesByLoop.length(); i++) {
            all += livesByLoop.get(i);
            fewest = livesByLoop.get(i) < livesByLoop.get(fewest) ? i : fewest;
        }
        if (livesByLoop.get(last) - livesByLoop.get(fewest) > all / FEW / livesByLoop.length()) {
            last = fewest;
        }
        return last;
    }
}
