package io.vikhry.runtime.http;

import io.vikhry.api.HttpException.Code;
import org.jspecify.annotations.Nullable;

/**
 * How long a connection waits, and for what: to be opened, for its server to answer, for its next exchange. Only the loop's own
 * thread touches it.
 */
final class Patience implements Runnable {
    private final Connection connection;
    private final ClientSettings settings;
    private final Deadline deadline;
    private long openDeadlineNanos;
    private long idleSinceNanos;

    Patience(Connection connection, Pool pool) {
        this.connection = connection;
        this.settings = pool.settings();
        this.deadline = new Deadline(pool.loop(), this);
    }

    /** From now on the connection is opened, for {@code x}. */
    void opens(Exchange x) {
        openDeadlineNanos = System.nanoTime() + settings.connectTimeoutNanos();
        deadline.notAfter(Math.min(openDeadlineNanos, x.deadlineNanos));
    }

    /** From now on the server has to answer, or to say that it wants the body. */
    void asks(Exchange x) {
        limitFirstByte(x);
        deadline.notAfter(due(x, false));
    }

    /** From now on the connection waits for its next exchange. */
    void rests() {
        long idle = settings.idleNanos();
        if (idle > 0) {
            idleSinceNanos = System.nanoTime();
            deadline.notAfter(idleSinceNanos + idle);
        }
    }

    /** The connection is closed. */
    void ends() {
        deadline.cancel();
    }

    @Override
    public void run() {
        Exchange x = connection.exchange();
        if (x == null) {
            idle();
        } else {
            busy(x, connection.dial());
        }
    }

    private void idle() {
        long idle = settings.idleNanos();
        if (idle > 0 && System.nanoTime() - idleSinceNanos >= idle) {
            connection.close();
        } else if (idle > 0) {
            deadline.notAfter(idleSinceNanos + idle);
        }
    }

    private void busy(Exchange x, @Nullable Dial dial) {
        long now = System.nanoTime();
        if (x.deadlineNanos - now <= 0) {
            timeOut(
                    Code.TIMEOUT,
                    dial == null
                            ? "no complete response within the request's timeout"
                            : "the request's timeout struck while " + dial.phase());
        } else if (dial != null) {
            if (openDeadlineNanos - now <= 0) {
                timeOut(Code.CONNECT_TIMEOUT, "no connection within the connect timeout: still " + dial.phase());
            } else {
                deadline.notAfter(Math.min(x.deadlineNanos, openDeadlineNanos));
            }
        } else if (x.heldUntilNanos != 0 && x.heldUntilNanos - now <= 0) {
            connection.sendHeld(x);
            deadline.notAfter(due(x, connection.isAnswered()));
        } else {
            long due = due(x, connection.isAnswered());
            if (due - now <= 0) {
                timeOut(Code.TIMEOUT, "no byte of a response within the first-byte timeout");
            } else {
                deadline.notAfter(due);
            }
        }
    }

    private void timeOut(Code code, String why) {
        connection.fail(code, why, null);
    }

    // ---- whatever carries the exchange

    /** From now on the server has to answer; whether there is a limit to that. */
    static boolean limitFirstByte(Exchange x) {
        long firstByte = x.pool().settings().firstByteNanos();
        if (firstByte > 0) {
            x.firstByteDeadlineNanos = System.nanoTime() + firstByte;
        }
        return firstByte > 0;
    }

    /** When an exchange is too late as things stand; {@code answered} if nobody waits for a first byte. */
    static long due(Exchange x, boolean answered) {
        boolean first = !answered && x.pool().settings().firstByteNanos() > 0;
        long due = first ? Math.min(x.deadlineNanos, x.firstByteDeadlineNanos) : x.deadlineNanos;
        return x.heldUntilNanos != 0 ? Math.min(due, x.heldUntilNanos) : due;
    }
}
