package io.vikhry.runtime.engine;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The loop of users who run on the JDK's scheduler. Its thread lends it to a guest, a virtual thread among them, for as long as
 * there is something to do: thread and users would otherwise wake each other every few requests, which costs more than the
 * requests do.
 *
 * <p>The thread waits for sockets. When something has come it handles that and lends the loop. The guest looks for more between
 * turns of the users, and gives the loop back when nothing is left: it cannot wait itself, because that would hold its carrier.
 * It gives it back in any case after a while: a carrier that always finds something in its own queue looks into no other, and
 * who has just begun, or slept, would wait there for ever.
 *
 * <p>One of the two has the loop at a time, by {@link #state}, and all else of the loop is touched by that one only; who takes it
 * sees what the other did. Between two turns the guest has let go of it, too. If it gets no turn for a while, since users hold
 * all carriers or wait for this loop pinned to theirs, the thread takes the loop back.
 */
final class LentLoop extends LoopCore {
    /** Its thread has it. */
    private static final int HOME = 0;
    /** The guest may take it, and its thread may take it back. */
    private static final int LENT = 1;
    /** The guest has a turn. */
    private static final int IN_USE = 2;

    private static final int ENDED = 3;

    /** Without a turn of the guest in this time the loop is taken back. */
    private static final long PATIENCE_NANOS = 10_000_000;
    /** So many turns in vain, with those of the users between them, and nothing is left. */
    private static final int TURNS_IN_VAIN = 4;

    /** The guest stays no longer than this at a time. */
    private static final long STAY_NANOS = 1_000_000;

    private final AtomicInteger state = new AtomicInteger(HOME);
    private @Nullable Thread home;
    /** Who has the loop, or had it last. */
    private volatile @Nullable Thread holder;

    private volatile long turns;

    // Of its guest.
    private long had;

    /** Since when nobody has had a turn; of who has the loop, as is the rest of it. */
    private long lentSinceNanos;

    LentLoop(IoEventLoopGroup parent, Executor executor, IoHandlerFactory transport, long timerTickNanos) {
        super(parent, executor, transport, timerTickNanos);
    }

    @Override
    boolean inLoop() {
        return Thread.currentThread() == holder;
    }

    @Override
    public boolean inEventLoop(Thread thread) {
        return thread == holder;
    }

    /** True for the guest, which may not wait for sockets. */
    @Override
    protected boolean hasTasks() {
        return state.getPlain() == IN_USE || super.hasTasks();
    }

    // ---- its thread

    @Override
    protected void run() {
        Thread own = Thread.currentThread();
        home = own;
        holder = own;
        begin();
        Thread guest = owner().start(
                        own.getName() + "-guest", () -> FastThreadLocalThread.runWithFastThreadLocal(this::visit));
        try {
            do {
                if (round() && mayLend(guest)) {
                    lend(guest);
                    holder = own;
                }
            } while (!hasEnded());
        } finally {
            state.set(ENDED);
            LockSupport.unpark(guest);
        }
    }

    /**
     * Not while the guest is still on a carrier, or in line for one: it would stay there, and all who wait for that carrier would
     * wait on.
     */
    private boolean mayLend(Thread guest) {
        return !isShuttingDown() && guest.getState() == Thread.State.WAITING;
    }

    /** Returns when it has the loop again. */
    private void lend(Thread guest) {
        long before = turns;
        long since = System.nanoTime();
        lentSinceNanos = since;
        state.set(LENT);
        LockSupport.unpark(guest);
        while (state.get() != HOME) {
            LockSupport.parkNanos(this, PATIENCE_NANOS);
            long after = turns;
            long now = System.nanoTime();
            if (after != before) {
                before = after;
                since = now;
            } else if (now - since >= PATIENCE_NANOS && state.compareAndSet(LENT, HOME)) {
                stats().lag(now - lentSinceNanos);
                return;
            }
        }
    }

    // ---- its guest

    private void visit() {
        try {
            while (state.get() != ENDED) {
                LockSupport.park(this);
                stay();
            }
        } finally {
            if (state.get() == IN_USE) {
                giveBack();
            }
        }
    }

    /** Has turns, if the loop is lent, until there is nothing more to do or it is time to leave. */
    private void stay() {
        long until = System.nanoTime() + STAY_NANOS;
        int inVain = 0;
        while (state.compareAndSet(LENT, IN_USE)) {
            holder = Thread.currentThread();
            // What came up meanwhile has waited for the users' turns, as on a loop that carries them.
            stats().lag(System.nanoTime() - lentSinceNanos);
            inVain = round() ? 0 : inVain + 1;
            had++;
            turns = had;
            lentSinceNanos = System.nanoTime();
            if (inVain == TURNS_IN_VAIN || lentSinceNanos - until >= 0 || isShuttingDown()) {
                giveBack();
                return;
            }
            state.set(LENT);
            Thread.yield();
        }
    }

    private void giveBack() {
        state.set(HOME);
        LockSupport.unpark(home);
    }
}
