package io.vikhry.runtime.engine;

import org.jspecify.annotations.Nullable;

/**
 * What one look after another saw of a loop: whether a virtual thread held it all the time between, and whether that is to be told.
 *
 * <p>Told is a hold that {@value #LOOKS} looks in a row found to go on, or any, where {@value #OFTEN} of {@value #WINDOW} looks found
 * one: who computes for less, but over and over, keeps the others waiting as well. One hold is told once. For one thread.
 */
final class Grip {
    /** Looks that must find the same before it is told. */
    private static final int LOOKS = 2;

    private static final int OFTEN = 5;
    private static final int WINDOW = 25;

    private @Nullable Runnable mounted;
    private long continuations;
    private int looks;
    private boolean told;
    /** Which of the looks in the window found a hold for the first time; the newest is the lowest bit. */
    private int recent;

    /**
     * Takes note of a look.
     *
     * @param seen what is resumed on the loop at this moment
     * @param resumed how often anything has been
     * @param punctual whether it came in time: where the process was short of CPU, a hold may be longer than it was meant
     */
    void look(@Nullable Runnable seen, long resumed, boolean punctual) {
        recent = recent << 1 & (1 << WINDOW) - 1;
        if (seen == null || seen != mounted || resumed != continuations) {
            mounted = seen;
            continuations = resumed;
            looks = 0;
            told = false;
            return;
        }
        looks++;
        if (looks == 1 && punctual) {
            recent |= 1;
        }
    }

    /** The time since the last look does not count: nothing may have gone on in it. */
    void forget() {
        looks = 0;
        recent = 0;
    }

    /** Looks in a row that found the hold to go on; 0 if there is none. */
    int looks() {
        return looks;
    }

    /** How often anything had been resumed when the loop was looked at last; the hold is over when that has changed. */
    long continuations() {
        return continuations;
    }

    /** Whether there is a hold to be told. */
    boolean isToBeTold() {
        return looks > 0 && !told && (looks >= LOOKS || Integer.bitCount(recent) >= OFTEN);
    }

    /** The hold is told, and so are those before it. */
    void tell() {
        told = true;
        recent = 0;
    }

    /** It was not told after all, and is to be at the next look. */
    void untell() {
        told = false;
    }
}
