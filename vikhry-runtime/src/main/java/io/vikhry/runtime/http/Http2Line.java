package io.vikhry.runtime.http;

import io.netty.channel.Channel;
import io.vikhry.api.HttpException.Code;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way to one origin by HTTP/2: one connection at a time, and the exchanges that wait for a stream of it. Only the loop's own
 * thread touches it. Where TLS is used and the server chooses HTTP/1.1, what waits goes back to the pool, and so does all that
 * follows.
 */
final class Http2Line implements Dial.Opener, Carrier {
    private final Pool pool;
    private final Deadline deadline;
    private final ArrayDeque<Exchange> waiting = new ArrayDeque<>(2);
    /** Connections that finish what they have; the present one too, unless it is opening. */
    private final List<Http2Session> sessions = new ArrayList<>(1);

    private @Nullable Http2Session session;
    private @Nullable Dial dial;
    private long openDeadlineNanos;
    private long idleSinceNanos;
    private boolean draining;

    Http2Line(Pool pool) {
        this.pool = pool;
        this.deadline = new Deadline(pool.loop(), this::deadline);
    }

    Origin origin() {
        return pool.origin();
    }

    /** Sends on a stream, now or as soon as there is one. */
    void carry(Exchange x) {
        deadline.notAfter(x.deadlineNanos);
        Http2Session s = session;
        if (s != null && waiting.isEmpty() && s.hasRoom()) {
            if (x.mayGoAtOnce()) {
                x.sample.carried();
                s.send(x);
            }
            return;
        }
        waiting.addLast(x);
        x.waitAt(this);
        open();
    }

    /** Sends at once where that can be done from a VU that is mounted on the loop; whether it did. */
    boolean carryAtOnce(Exchange x) {
        Http2Session s = session;
        if (s == null || !s.isDirect() || !waiting.isEmpty() || !s.hasRoom()) {
            return false;
        }
        carry(x);
        return true;
    }

    /** Carries an exchange that a connection gave back; in turn, since that connection may be in the midst of an event. */
    void again(Exchange x) {
        waiting.addLast(x);
        x.waitAt(this);
        pool.loop().execute(this::roomAgain);
    }

    /** There may be a stream for what waits. */
    void roomAgain() {
        if (draining) {
            return;
        }
        draining = true;
        try {
            Http2Session s = session;
            while (s != null && !waiting.isEmpty() && s.hasRoom()) {
                Exchange x = waiting.removeFirst();
                x.sample.carriedAtLast();
                if (x.mayGo()) {
                    s.send(x);
                }
                s = session;
            }
        } finally {
            draining = false;
        }
        long idle = pool.settings().idleNanos();
        if (!waiting.isEmpty()) {
            open();
        } else if (idle > 0) {
            idleSinceNanos = System.nanoTime();
            deadline.notAfter(idleSinceNanos + idle);
        }
    }

    /** Gives a connection no more exchanges. */
    void forget(Http2Session s) {
        if (session == s) {
            session = null;
        }
        if (s.streams().isEmpty()) {
            sessions.remove(s);
        }
    }

    // ---- opening

    private void open() {
        if (session != null || dial != null) {
            return;
        }
        openDeadlineNanos = System.nanoTime() + pool.settings().connectTimeoutNanos();
        deadline.notAfter(openDeadlineNanos);
        Dial d = new Dial(pool, this);
        dial = d;
        Exchange first = waiting.peekFirst();
        if (first != null) {
            first.sample.dialledBy(d);
        }
        d.start();
    }

    @Override
    public void opened(BareSocket socket) {
        begin(Http2Session.on(socket, this));
    }

    @Override
    public void opened(Channel channel, boolean http2) {
        if (http2) {
            begin(Http2Session.on(channel, this));
            return;
        }
        dial = null;
        deadline.cancel();
        List<Exchange> these = new ArrayList<>(waiting);
        waiting.clear();
        pool.withoutHttp2(channel, these);
    }

    private void begin(Http2Session s) {
        dial = null;
        session = s;
        sessions.add(s);
        roomAgain();
    }

    @Override
    public void notOpened(Code code, String why, @Nullable Throwable cause) {
        dial = null;
        for (Exchange x : new ArrayList<>(waiting)) {
            x.fail(code, why, cause);
        }
    }

    // ---- deadlines

    private void deadline() {
        long now = System.nanoTime();
        Dial d = dial;
        if (d != null && openDeadlineNanos - now <= 0) {
            d.abandon();
            notOpened(Code.CONNECT_TIMEOUT, "no connection within the connect timeout: still " + d.phase(), null);
            d = null;
        }
        boolean any = d != null;
        long next = any ? openDeadlineNanos : 0;
        for (Exchange x : underWay()) {
            if (x.connection == null) {
                // The end of one before it was its end, too.
                continue;
            }
            if (x.heldUntilNanos != 0 && x.heldUntilNanos - now <= 0 && x.connection instanceof Http2Answer answer) {
                answer.sendHeld();
            }
            long due = due(x);
            if (due - now <= 0) {
                x.fail(
                        Code.TIMEOUT,
                        due - x.deadlineNanos < 0
                                ? "no byte of a response within the first-byte timeout"
                                : d == null
                                        ? "no complete response within the request's timeout"
                                        : "the request's timeout struck while " + d.phase(),
                        null);
            } else if (!any || due - next < 0) {
                any = true;
                next = due;
            }
        }
        if (any) {
            deadline.notAfter(next);
        } else {
            idle(now);
        }
    }

    private static long due(Exchange x) {
        return Patience.due(x, !(x.connection instanceof Http2Answer answer) || answer.hasHead());
    }

    private void idle(long now) {
        long idle = pool.settings().idleNanos();
        Http2Session s = session;
        if (idle <= 0 || s == null) {
            return;
        }
        if (now - idleSinceNanos >= idle) {
            forget(s);
            s.close();
        } else {
            deadline.notAfter(idleSinceNanos + idle);
        }
    }

    /** The body of an exchange is held back. */
    void held(Exchange x) {
        deadline.notAfter(x.heldUntilNanos);
    }

    /** An exchange is sent on a stream, or its body that was held back: from now on the server has to answer. */
    void sent(Exchange x) {
        if (Patience.limitFirstByte(x)) {
            deadline.notAfter(x.firstByteDeadlineNanos);
        }
    }

    private List<Exchange> underWay() {
        List<Exchange> all = new ArrayList<>(waiting);
        for (Http2Session s : sessions) {
            s.streams().all().forEach(a -> all.add(a.exchange));
        }
        return all;
    }

    // ---- ending

    /** An exchange that waited has failed. */
    @Override
    public long letGo(Exchange x) {
        waiting.remove(x);
        Dial d = dial;
        if (d != null && waiting.isEmpty()) {
            dial = null;
            d.abandon();
        }
        return 0;
    }

    /** Cancels what is under way for one client. */
    void cancel(HttpClient client, String why) {
        for (Exchange x : underWay()) {
            if (x.connection != null && x.client() == client) {
                x.fail(Code.CANCELLED, why, null);
            }
        }
    }

    /** Cancels what is under way, and closes. */
    void close(String why) {
        for (Exchange x : underWay()) {
            if (x.connection != null) {
                x.fail(Code.CANCELLED, why, null);
            }
        }
        deadline.cancel();
        new ArrayList<>(sessions).forEach(Http2Session::close);
        sessions.clear();
    }
}
