package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.engine.Timer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where one thread of a user runs the scenario's code, section after section, each with a time limit or without.
 *
 * <p>{@link #begin} and {@link #end} belong to that thread; any thread may {@link #interruptForEnd interrupt}. The timer belongs
 * to the loop, and names the section that it was armed for, so that one that is late hits nothing else.
 */
final class Stretch {
    /** Who took no notice of an interrupt is interrupted again; code may have swallowed the first. */
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Loop loop;
    private final Thread thread;
    private final Section section = new Section();
    /** Made when a limit is first needed. */
    private @Nullable Timer timer;
    /** The section that the timer is about; on the loop only. */
    private long timed;

    private boolean limited;

    Stretch(Loop loop, Thread thread) {
        this.loop = loop;
        this.thread = thread;
    }

    /**
     * Begins a section.
     *
     * @param shielded whether the end of the user must not interrupt it
     * @param limitNanos after which it is interrupted; 0 for no limit
     */
    void begin(boolean shielded, long limitNanos) {
        long number = section.begin(shielded);
        limited = limitNanos > 0;
        if (limited) {
            Timer armed = timer();
            onLoop(() -> {
                timed = number;
                armed.arm(limitNanos);
            });
        }
    }

    /** Ends the section; says why it was interrupted, or {@code null}. No interrupt outlives it. */
    Section.@Nullable Cause end() {
        if (limited) {
            onLoop(timer()::cancel);
        }
        return section.end();
    }

    /** Whether its thread is in a section. Any thread may ask. */
    boolean isRunning() {
        return section.isRunning();
    }

    /** Why the section's thread was interrupted, or {@code null}; for who has noticed the interrupt. */
    Section.@Nullable Cause cause() {
        return section.cause();
    }

    /** Interrupts what is going on, unless it is shielded. Any thread may call, also again. */
    boolean interruptForEnd() {
        return section.interruptForEnd(thread);
    }

    Thread thread() {
        return thread;
    }

    private Timer timer() {
        Timer t = timer;
        if (t == null) {
            t = loop.timer(this::timeIsUp);
            timer = t;
        }
        return t;
    }

    private void onLoop(Runnable action) {
        if (loop.inLoop()) {
            action.run();
        } else {
            loop.execute(action);
        }
    }

    /** On the loop. */
    private void timeIsUp() {
        Timer t = timer;
        if (section.interrupt(thread, timed, Section.Cause.TIMEOUT) && t != null) {
            t.arm(AGAIN_NANOS);
        }
    }
}
