package io.vikhry.runtime.engine;

/**
 * An action that a loop runs once after a delay; it can be armed again and again, so that a timeout of each request costs no
 * allocation. Made by {@link Loop#timer}. All calls on the loop: its thread, or a VU mounted on it.
 */
public final class Timer {
    Timer() {}

    /** Runs the action after {@code delayNanos}, never earlier; moves it if it was armed. O(1). */
    public void arm(long delayNanos) {
        throw new UnsupportedOperationException();
    }

    /** Whether the action was still to come and now will not. O(1). */
    public boolean cancel() {
        throw new UnsupportedOperationException();
    }

    public boolean armed() {
        throw new UnsupportedOperationException();
    }
}
