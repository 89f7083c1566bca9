package io.vikhry.runtime.vu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The piece of a scenario's code that a user's thread is in, and the only way to interrupt it there: an interrupt either hits
 * the section it was meant for, or nothing.
 *
 * <p>The state is one number: the section's number, whether it is shielded from the end of the user, and idle, running,
 * interrupting or interrupted. The user's thread alone begins and ends sections. Anybody may interrupt: who moves it from
 * running to interrupting interrupts the thread and then says that it is done; the user's thread does not leave a section while
 * somebody is interrupting, and clears the mark when it leaves. So no interrupt reaches the code after it.
 */
final class Section {
    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int INTERRUPTING = 2;
    private static final int INTERRUPTED = 3;
    private static final int STATUS = 3;
    private static final int SHIELDED = 4;
    private static final int ONE = 8;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Section.class, "state", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long state;
    /** Written by who is interrupting, read by the user's thread after it saw that this is done. */
    private @Nullable Cause cause;

    /** Why a section was interrupted. */
    enum Cause {
        /** Its time is over. */
        TIMEOUT,
        /** The user is to end now. */
        END
    }

    /**
     * Begins a section on the user's thread and gives its number.
     *
     * @param shielded whether the end of the user must not interrupt it
     */
    long begin(boolean shielded) {
        cause = null;
        long next = (state & -ONE) + ONE;
        // Released only: an end that is asked for at this moment may miss it, as it would have a moment earlier, and
        // comes again.
        STATE.setRelease(this, next | (shielded ? SHIELDED : 0) | RUNNING);
        return next;
    }

    /** Ends the section on the user's thread; says why it was interrupted, or {@code null}. No interrupt outlives it. */
    @Nullable Cause end() {
        while (true) {
            long now = state;
            switch ((int) (now & STATUS)) {
                case RUNNING -> {
                    if (STATE.compareAndSet(this, now, now & -ONE)) {
                        Thread.interrupted();
                        return null;
                    }
                }
                case INTERRUPTED -> {
                    if (STATE.compareAndSet(this, now, now & -ONE)) {
                        Thread.interrupted();
                        return cause;
                    }
                }
                case INTERRUPTING -> Thread.yield();
                default -> throw new IllegalStateException("no section to end");
            }
        }
    }

    /** Whether the user's thread is in a section. */
    boolean isRunning() {
        return (state & STATUS) != IDLE;
    }

    /** Why the running section was interrupted, or {@code null}; for who has noticed that interrupt. */
    @Nullable Cause cause() {
        int status = (int) (state & STATUS);
        return status == INTERRUPTING || status == INTERRUPTED ? cause : null;
    }

    /** Interrupts {@code user} if it is still in section {@code number}; again if it was interrupted there before. */
    boolean interrupt(Thread user, long number, Cause why) {
        while (true) {
            long now = state;
            int status = (int) (now & STATUS);
            if ((now & -ONE) != number || status == IDLE || status == INTERRUPTING) {
                return false;
            }
            if (hit(user, now, why)) {
                return true;
            }
        }
    }

    /** Interrupts {@code user} in whatever section it is, unless that is shielded. */
    boolean interruptForEnd(Thread user) {
        while (true) {
            long now = state;
            int status = (int) (now & STATUS);
            if ((now & SHIELDED) != 0 || status == IDLE || status == INTERRUPTING) {
                return false;
            }
            if (hit(user, now, Cause.END)) {
                return true;
            }
        }
    }

    private boolean hit(Thread user, long now, Cause why) {
        if (!STATE.compareAndSet(this, now, (now & ~STATUS) | INTERRUPTING)) {
            return false;
        }
        if ((now & STATUS) == RUNNING) {
            cause = why;
        }
        user.interrupt();
        state = (now & ~STATUS) | INTERRUPTED;
        return true;
    }
}
