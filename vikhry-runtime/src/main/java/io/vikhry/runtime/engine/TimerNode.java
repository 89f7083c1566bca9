package io.vikhry.runtime.engine;

import org.jspecify.annotations.Nullable;

/** A place in a {@link TimerWheel}; the lists of the wheel run through its fields. Touched on the loop only. */
abstract class TimerNode {
    /** When to fire, {@link System#nanoTime}; meaningless while not {@link #armed}. */
    long deadlineNanos;

    boolean armed;

    /** The tick in whose list the node stands; the deadline may have moved on since. */
    long tick;

    /** Index of the list the node stands in, or -1. */
    int list = -1;

    @Nullable TimerNode previous;

    @Nullable TimerNode next;

    /** What happens at the deadline; on the loop's own thread. */
    abstract void fire();
}
