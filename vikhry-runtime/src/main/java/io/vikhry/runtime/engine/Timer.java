package io.vikhry.runtime.engine;

/**
 * An action that a loop runs once after a delay; it can be armed again and again, so that a timeout of each request costs no
 * allocation. Made by {@link Loop#timer}. All calls on the loop: its thread, or a VU mounted on it.
 *
 * <p>Arming anew and cancelling write a field; the wheel notices when the earlier deadline comes. So a cancelled timer is
 * reachable from its loop until then.
 */
public final class Timer extends TimerNode {
    private final LoopCore core;
    private final Runnable action;

    Timer(LoopCore core, Runnable action) {
        this.core = core;
        this.action = action;
    }

    /** Runs the action after {@code delayNanos}, never earlier; moves it if it was armed. O(1). */
    public void arm(long delayNanos) {
        core.checkInLoop();
        core.timers().arm(this, delayNanos);
    }

    /** Whether the action was still to come and now will not. O(1). */
    public boolean cancel() {
        core.checkInLoop();
        boolean was = armed;
        armed = false;
        return was;
    }

    public boolean armed() {
        return armed;
    }

    @Override
    void fire() {
        action.run();
    }
}
