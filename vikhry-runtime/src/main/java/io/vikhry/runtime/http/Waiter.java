package io.vikhry.runtime.http;

import io.vikhry.api.HttpException.Code;
import io.vikhry.runtime.engine.Loop;
import java.util.concurrent.locks.LockSupport;

/**
 * The user's thread as it waits for its exchange: parked while the loop has it, at the gate when the loop has sent it back.
 *
 * <p>A user passes the gate before its exchange is made. The loop asks once more, by {@link #mayGo}, where the exchange waited for
 * its connection meanwhile, and wherever there is a limit of requests per second. Where the answer is no, the exchange is its
 * user's again from {@link #sendBack} on, which is the loop's last touch: who waits at the gate, takes a place in the limit, and
 * hands it to the loop anew.
 */
final class Waiter {
    private final Exchange exchange;
    private final Gate gate;
    private final boolean limited;
    private Thread thread = Thread.currentThread();

    /** Set by the loop, which has let go of the exchange: the user must pass the gate once more. */
    private volatile boolean sentBack;

    /** Whether it has a place in the limit of requests per second that it may go out with, at once. */
    private boolean hasPlace;

    /** Whether it has waited for a place before. */
    private boolean hasWaited;

    private boolean cancelled;
    private boolean timeUp;

    Waiter(Exchange exchange, Gate gate) {
        this.exchange = exchange;
        this.gate = gate;
        this.limited = gate.isLimited();
    }

    /** Makes ready for another request, of the calling thread. */
    void clear() {
        thread = Thread.currentThread();
        hasPlace = false;
        hasWaited = false;
    }

    /** Who is to be woken. */
    Thread thread() {
        return thread;
    }

    // ---- on the user's thread

    /**
     * Has the loop carry the exchange out and parks until it has. An interrupt cancels the request; the thread's interrupt status
     * is set again on return.
     */
    void await() {
        Exchange x = exchange;
        Upload sending = x.upload;
        Loop loop = x.pool().loop();
        if (sending != null || !loop.inLoop() || !x.pool().carryAtOnce(x)) {
            loop.execute(x);
        }
        boolean interrupted = false;
        Download taking = x.download;
        while (!x.isDone() && (taking == null || !taking.hasBegun() || sending != null && !sending.isRead())) {
            if (sentBack && !cancelled) {
                passAgain();
            } else if (sending == null || cancelled || !sending.advance(x)) {
                // Once cancelled nothing more is read: a source that blocks then would never be interrupted again.
                LockSupport.park(x);
            }
            if (Thread.interrupted()) {
                interrupted = true;
                interrupt();
            }
        }
        if (sending != null) {
            sending.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void passAgain() {
        sentBack = false;
        Exchange x = exchange;
        long before = System.nanoTime();
        try {
            gate.pass();
            if (limited) {
                x.sample.startsLater(gate.awaitPlace(hasWaited));
                hasWaited = true;
                hasPlace = true;
            }
        } catch (RuntimeException e) {
            Upload sending = x.upload;
            if (sending != null) {
                sending.close();
            }
            if (x.retried) {
                // It went out once, and nobody knows what became of that.
                timeUp = x.client().owner().isTimeUp();
                x.pool().loop().execute(this::cancel);
            }
            throw e;
        }
        x.heldAtGate(System.nanoTime() - before);
        x.pool().loop().execute(x);
    }

    /** The user's thread was interrupted while it waited: cancels the exchange. */
    void interrupt() {
        if (!cancelled) {
            cancelled = true;
            timeUp = exchange.client().owner().isTimeUp();
            exchange.pool().loop().execute(this::cancel);
        }
        if (exchange.pool().loop().isPinnedBy(Thread.currentThread())) {
            giveUp();
        }
    }

    /**
     * Ends a wait that has no end: the loop that should carry the exchange out is held by the very thread that waits. That thread
     * is the loop's, so nothing else touches the exchange meanwhile. What carries it is let go when the loop has its thread back:
     * only that may close it.
     */
    private void giveUp() {
        Exchange x = exchange;
        Carrier carrier = x.connection;
        if (carrier != null) {
            x.connection = null;
            x.pool().loop().execute(() -> carrier.letGo(x));
        }
        x.failIfPending(
                Code.CANCELLED,
                "sent where it holds its own loop, in a static initialiser or below native code: send it elsewhere",
                null);
    }

    /** Whether a {@link #cancel} may still be on its way to the loop. */
    boolean isCancelled() {
        return cancelled;
    }

    // ---- on the loop's thread

    private void cancel() {
        if (timeUp) {
            exchange.failIfPending(Code.TIMEOUT, "its step's time was over while it was in flight", null);
        } else {
            exchange.failIfPending(Code.CANCELLED, "the user was interrupted while the request was in flight", null);
        }
    }

    /** The exchange waits for its connection: a place it had is given up by that. */
    void losesPlace() {
        hasPlace = false;
    }

    /** As {@link #mayGo}, where the exchange goes out at once after its user has passed the gate. */
    boolean mayGoAtOnce() {
        return !limited || mayGo();
    }

    /**
     * Whether the exchange may go out on a connection for which it waited. If not, the worker has lost its right to send
     * meanwhile, or the limit of requests per second is used up.
     */
    boolean mayGo() {
        if (gate.isOpen() && (!limited || hasPlace || gate.takePlace())) {
            hasPlace = false;
            return true;
        }
        return false;
    }

    /** Has the user pass the gate once more. */
    void sendBack() {
        Thread user = thread;
        sentBack = true;
        LockSupport.unpark(user);
    }
}
