package io.vikhry.runtime.http;

import io.vikhry.api.HttpException.Code;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The exchanges that wait for a connection of a pool which has as many as it may, in the order they came. On the loop's thread. */
final class WaitingLine implements Carrier {
    private final ArrayDeque<Exchange> line = new ArrayDeque<>();
    private final Deadline deadline;

    WaitingLine(Pool pool) {
        this.deadline = new Deadline(pool.loop(), this::deadline);
    }

    boolean isEmpty() {
        return line.isEmpty();
    }

    void join(Exchange x) {
        line.addLast(x);
        x.waitAt(this);
        deadline.notAfter(x.deadlineNanos);
    }

    /** The first of those who wait. */
    @Nullable Exchange poll() {
        Exchange x = line.pollFirst();
        if (x != null) {
            x.connection = null;
            x.sample.carriedAtLast();
        }
        return x;
    }

    /** Cancels those that {@code whose} says. */
    void cancel(Predicate<Exchange> whose, String why) {
        for (Exchange x : new ArrayList<>(line)) {
            if (whose.test(x)) {
                x.fail(Code.CANCELLED, why, null);
            }
        }
    }

    @Override
    public long letGo(Exchange x) {
        line.remove(x);
        return 0;
    }

    private void deadline() {
        long now = System.nanoTime();
        long next = 0;
        for (Exchange x : new ArrayList<>(line)) {
            if (x.deadlineNanos - now <= 0) {
                x.fail(Code.TIMEOUT, "no connection of the shared pool became free within the request's timeout", null);
            } else if (next == 0 || x.deadlineNanos - next < 0) {
                next = x.deadlineNanos;
            }
        }
        if (next != 0) {
            deadline.notAfter(next);
        }
    }
}
