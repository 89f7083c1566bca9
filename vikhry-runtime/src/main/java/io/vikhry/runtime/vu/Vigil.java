package io.vikhry.runtime.vu;

import io.vikhry.runtime.http.Gate;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * How a user's own thread waits, for a time or for its worker's lease, until it is to end; and what it is doing meanwhile, in
 * words.
 *
 * <p>{@link #end} may be called by any thread, as may what only reads. All else belongs to the user's thread. A mark of
 * interruption that the scenario left is taken away before parking: it would turn waiting into spinning.
 */
final class Vigil {
    /** In no order with anything else: others read it to tell people, and a user changes it with each step. */
    private static final VarHandle DOING;

    static {
        try {
            DOING = MethodHandles.lookup().findVarHandle(Vigil.class, "doing", String.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Fence fence;
    private final UserContext context;
    private volatile boolean dismissed;

    @SuppressWarnings("FieldMayBeFinal") // by DOING
    private String doing = "waiting to begin";

    Vigil(Fence fence, UserContext context) {
        this.fence = fence;
        this.context = context;
    }

    /** Lets the user end after its current step; who calls wakes its thread. */
    void end() {
        dismissed = true;
    }

    /** Whether somebody asked for the user's end from outside. */
    boolean isDismissed() {
        return dismissed;
    }

    /** Whether the user is to end, whoever asked for it. */
    boolean isOver() {
        return dismissed || context.isStopped() || fence.isClosed();
    }

    /** What the user is doing, or waiting for. */
    String doing() {
        return (String) DOING.getOpaque(this);
    }

    void doing(String what) {
        DOING.setOpaque(this, what);
    }

    /** Whether requests may be sent now. */
    boolean mayWork() {
        return fence.isOpen();
    }

    /** The time now, if requests may be sent; else {@link Gate#SHUT}. */
    long workNow() {
        return fence.openNow();
    }

    /** Waits for the worker's lease, or the end. */
    void awaitFence() {
        doing("waiting for its worker's lease");
        fence.await(() -> {
            Thread.interrupted();
            return isOver();
        });
    }

    /** Waits for that time, or the end. */
    void idleUntil(long nanos, String why) {
        doing(why);
        long left = nanos - System.nanoTime();
        while (left > 0 && !isOver()) {
            park(left);
            left = nanos - System.nanoTime();
        }
    }

    /** Parks until unparked; also without cause. */
    void park() {
        LockSupport.park(this);
        Thread.interrupted();
    }

    /** Parks until unparked, so long at most; also without cause. */
    void park(long nanos) {
        LockSupport.parkNanos(this, nanos);
        Thread.interrupted();
    }
}
