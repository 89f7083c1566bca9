package io.vikhry.runtime.http;

import io.vikhry.api.HttpException;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.metrics.Recorder;
import io.vikhry.runtime.metrics.Series;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: handed by the user's thread to the loop, carried out and recorded there, and handed back.
 *
 * <p>It has one owner at a time. The user's thread fills it in, gives it to {@link Loop#execute} (or, mounted on the loop and
 * where the connection allows it, sends it itself), and waits. The loop's own thread then owns it until it sets {@link #done},
 * with release semantics, as its last touch; after that the user's thread reads the outcome. Where the VU is mounted on the loop, both are the same thread. The sample is recorded
 * before {@code done}, so that a request whose outcome is known is counted.
 *
 * <p>A client uses its exchange again for the next request; so the loop keeps no reference to one after {@code done}.
 */
final class Exchange implements Runnable {
    private static final VarHandle DONE;

    static {
        try {
            DONE = MethodHandles.lookup().findVarHandle(Exchange.class, "done", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final byte[] NOTHING = new byte[0];

    // What is asked.
    private final Pool pool;
    private final HttpClient client;
    private Thread waiter = Thread.currentThread();
    byte[] head = NOTHING;
    byte @Nullable [] body;

    /** In place of {@link #body}: one that is read while it is sent. */
    @Nullable Upload upload;

    /** How long the body is held back for the server to say that it wants it; 0 if it is not. */
    long continueNanos;

    /** Until when it is held back; 0 if it is not, or not any more. */
    long heldUntilNanos;

    /** In place of keeping the response's body: where it is read while it comes. */
    @Nullable Download download;

    /** The most bytes that body may have. */
    long maxBody;

    long startNanos;
    long deadlineNanos;

    /** When the first byte of the response must be there; only where the client has such a limit. */
    long firstByteDeadlineNanos;

    boolean toHead;
    boolean keepBody;
    boolean idempotent;
    boolean redirectsAreFine;
    int @Nullable [] okStatus;

    @Nullable Series series;

    long latenessNanos;

    // When it got so far, for the phases of its time; 0 where it did not.

    /** It had a connection; {@link #startNanos} where that was at hand. Not told where one was opened for it. */
    long carriedNanos;

    /** The system took its last byte. */
    long sentNanos;

    /** There was a first byte of the response, but not all of it. */
    long firstByteNanos;

    /** The opening of the connection, where it was made for this. */
    @Nullable Dial dial;

    /** How long it was held at the gate since, which is not its time. */
    long dialHeldNanos;

    // What became of it.
    long sent;
    long received;
    long serviceNanos;
    int status;
    byte[] responseHead = NOTHING;
    byte[] responseBody = NOTHING;
    boolean cookie;
    boolean encoded;
    boolean failed;

    /** The code of a check that failed while the body was still coming. */
    private @Nullable String failedCheck;

    HttpException.@Nullable Code failure;
    String reason = "";

    @Nullable Throwable cause;

    // The loop's own.
    boolean retried;

    @Nullable Carrier connection;

    @SuppressWarnings("unused") // by DONE
    private boolean done;

    /** Set by the loop, which has let go of it: the user must pass the gate once more. */
    private volatile boolean sentBack;

    private boolean cancelled;
    private boolean timeUp;

    /** Whether it has a place in the limit of requests per second that it may go out with, at once. */
    private boolean hasPlace;

    /** Whether it has waited for a place before. */
    private boolean hasWaited;

    Exchange(Pool pool, HttpClient client) {
        this.pool = pool;
        this.client = client;
    }

    /** Whose request it is. */
    HttpClient client() {
        return client;
    }

    Pool pool() {
        return pool;
    }

    /** Makes ready for another request. */
    void clear() {
        waiter = Thread.currentThread();
        sent = 0;
        received = 0;
        failure = null;
        cause = null;
        retried = false;
        carriedNanos = 0;
        hasPlace = false;
        hasWaited = false;
        restart();
        DONE.setRelease(this, false);
    }

    /** It is sent anew. */
    void restart() {
        sentNanos = 0;
        firstByteNanos = 0;
        heldUntilNanos = 0;
    }

    /** It has a connection: at once, unless it was noted that it waited. */
    void carried() {
        if (carriedNanos == 0) {
            carriedNanos = startNanos;
        }
    }

    /** Whether the body is to be held back for now; if so, it is from this call on. */
    boolean holdsBody() {
        if (continueNanos == 0 || upload == null && (body == null || body.length == 0)) {
            return false;
        }
        heldUntilNanos = System.nanoTime() + continueNanos;
        return true;
    }

    /** The body goes out now; what came before it was no part of the response. */
    void releaseBody() {
        heldUntilNanos = 0;
        firstByteNanos = 0;
    }

    void method(String method) {
        toHead = method.equals("HEAD");
        idempotent = switch (method) {
            case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE" -> true;
            default -> false;
        };
    }

    /** Lets go of what the finished request held. */
    void release() {
        head = NOTHING;
        body = null;
        upload = null;
        continueNanos = 0;
        okStatus = null;
        responseHead = NOTHING;
        responseBody = NOTHING;
    }

    /**
     * Has the loop carry this out and parks until it has. An interrupt cancels the request; the thread's interrupt status is
     * set again on return.
     */
    void await() {
        Loop loop = pool.loop();
        if (upload != null || !loop.inLoop() || !pool.carryAtOnce(this)) {
            loop.execute(this);
        }
        boolean interrupted = false;
        Upload sending = upload;
        Download taking = download;
        while (!isDone() && (taking == null || !taking.hasBegun() || sending != null && !sending.isRead())) {
            if (sentBack && !cancelled) {
                passAgain();
            } else if (sending == null || !sending.advance(this)) {
                LockSupport.park(this);
            }
            if (Thread.interrupted()) {
                interrupted = true;
                interrupt();
                giveUpIfPinned();
            }
        }
        if (sending != null) {
            sending.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The time at the gate is not the service's: all that was noted so far moves on by it. */
    private void passAgain() {
        sentBack = false;
        Gate gate = client.owner().gate();
        long before = System.nanoTime();
        try {
            gate.pass();
            if (client.isLimited()) {
                latenessNanos += gate.awaitPlace(hasWaited);
                hasWaited = true;
                hasPlace = true;
            }
        } catch (RuntimeException e) {
            Upload sending = upload;
            if (sending != null) {
                sending.close();
            }
            if (retried) {
                // It went out once, and nobody knows what became of that.
                timeUp = client.owner().isTimeUp();
                pool.loop().execute(this::cancel);
            }
            throw e;
        }
        long held = System.nanoTime() - before;
        startNanos += held;
        deadlineNanos += held;
        carriedNanos += carriedNanos == 0 ? 0 : held;
        dialHeldNanos += held;
        pool.loop().execute(this);
    }

    /** On the loop's thread: it waits at {@code where} before it can go out. A place it had is given up by that. */
    void waitAt(Carrier where) {
        connection = where;
        hasPlace = false;
        dial = null;
        dialHeldNanos = 0;
    }

    /** As {@link #mayGo}, where it goes out at once after its user has passed the gate. */
    boolean mayGoAtOnce() {
        return !client.isLimited() || mayGo();
    }

    /**
     * On the loop's thread, before it goes out on a connection for which it waited: whether it may. If not, the worker has lost
     * its right to send meanwhile, or the limit of requests per second is used up; it goes back to its user, and the loop has no
     * more to do with it.
     */
    boolean mayGo() {
        Gate gate = client.owner().gate();
        if (gate.isOpen() && (!client.isLimited() || hasPlace || gate.takePlace())) {
            hasPlace = false;
            return true;
        }
        connection = null;
        Thread thread = waiter;
        sentBack = true;
        LockSupport.unpark(thread);
        return false;
    }

    /** Whether the head of a response is there, though not the whole, and the body is read as it comes. */
    boolean hasHead() {
        Download taking = download;
        return taking != null && taking.hasBegun();
    }

    boolean isDone() {
        return (boolean) DONE.getAcquire(this);
    }

    /** The user's thread was interrupted while it waited. */
    void interrupt() {
        if (!cancelled) {
            cancelled = true;
            timeUp = client.owner().isTimeUp();
            pool.loop().execute(this::cancel);
        }
    }

    /**
     * Ends a wait that has no end: the loop that should carry this out is held by the very thread that waits. That thread is
     * the loop's, so nothing else touches this meanwhile. What carries it is let go when the loop has its thread back: only that
     * may close it.
     */
    void giveUpIfPinned() {
        if (pool.loop().isPinnedBy(Thread.currentThread())) {
            Carrier carrier = connection;
            if (carrier != null) {
                connection = null;
                pool.loop().execute(() -> carrier.letGo(this));
            }
            failIfPending(
                    HttpException.Code.CANCELLED,
                    "sent where it holds its own loop, in a static initialiser or below native code: send it elsewhere",
                    null);
        }
    }

    /** Whether the loop may still hold a reference to this, so that it must not be used again. */
    boolean isSpent() {
        // The last task of a body that was read on the way may still be on its way to the loop.
        return cancelled || upload != null || download != null;
    }

    // ---- for a body that is read while it comes, on the user's thread

    /** Counts it as failed by a check, now or when it is over; without an effect where it has failed otherwise. */
    void failCheck(String code, String what) {
        Series s = series;
        if (s == null) {
            return;
        }
        pool.loop().execute(() -> {
            if (failedCheck != null || isDone() && failed) {
                return;
            }
            failedCheck = code;
            recorder().error(s, code, what, null);
            if (isDone()) {
                s.failCheck(Integer.toString(status), code);
            }
        });
    }

    /** Wants no more of it: it is complete as it stands. */
    void endEarly() {
        if (isDone()) {
            return;
        }
        pool.loop().execute(() -> {
            Carrier c = connection;
            if (!isDone() && c != null) {
                complete(status, c.letGo(this), responseHead, NOTHING, cookie, encoded);
            }
        });
    }

    // ---- on the loop's thread

    /** On the loop's thread: sends the request. */
    @Override
    public void run() {
        if (!isDone()) {
            pool.carry(this);
        }
    }

    private void cancel() {
        if (isDone()) {
            return;
        }
        if (timeUp) {
            fail(HttpException.Code.TIMEOUT, "its step's time was over while it was in flight", null);
        } else {
            fail(HttpException.Code.CANCELLED, "the user was interrupted while the request was in flight", null);
        }
    }

    /** On the loop's thread: fails it, unless it is over. */
    void failIfPending(HttpException.Code code, String why, @Nullable Throwable because) {
        if (!isDone()) {
            fail(code, why, because);
        }
    }

    /** On the loop's thread: the head of a response whose body is read while it comes. */
    void head(int code, byte[] rawHead, boolean setsCookie, boolean isEncoded) {
        status = code;
        responseHead = rawHead;
        cookie = setsCookie;
        encoded = isEncoded;
    }

    /** On the loop's thread: a response is complete. */
    void complete(ResponseParser parser) {
        complete(
                parser.status(),
                parser.consumed(),
                parser.rawHead(),
                parser.takeBody(),
                parser.hasCookie(),
                parser.isEncoded());
    }

    /** On the loop's thread: a response of {@code bytes} is complete. */
    void complete(int code, long bytes, byte[] rawHead, byte[] body, boolean setsCookie, boolean isEncoded) {
        serviceNanos = System.nanoTime() - startNanos;
        status = code;
        received += bytes;
        responseHead = rawHead;
        responseBody = body;
        cookie = setsCookie;
        encoded = isEncoded;
        failed = !isOk(status);
        Series s = series;
        if (s != null) {
            String check = failedCheck;
            if (check != null && !failed) {
                failed = true;
                s.record(serviceNanos + latenessNanos, serviceNanos, true, check, sent, received);
            } else {
                s.recordStatus(serviceNanos + latenessNanos, serviceNanos, failed, status, sent, received);
            }
            if (failed && check == null) {
                recorder().error(s, Integer.toString(status), s.name() + ": status " + status, null);
            }
            PhaseStamps.record(this, s, true);
        }
        finish();
    }

    /** On the loop's thread: there will be no response. */
    void fail(HttpException.Code code, String why, @Nullable Throwable because) {
        serviceNanos = System.nanoTime() - startNanos;
        Carrier c = connection;
        if (c != null) {
            received += c.letGo(this);
        }
        failed = true;
        failure = code;
        reason = why;
        cause = because;
        Series s = series;
        if (s != null) {
            s.record(serviceNanos + latenessNanos, serviceNanos, true, code.name(), sent, received);
            recorder().error(s, code.name(), s.name() + ": " + why, null);
            PhaseStamps.record(this, s, false);
        }
        finish();
    }

    private void finish() {
        connection = null;
        dial = null;
        Upload sending = upload;
        if (sending != null) {
            sending.stop();
        }
        Thread thread = waiter;
        Download taking = download;
        DONE.setRelease(this, true);
        if (taking == null) {
            LockSupport.unpark(thread);
        } else {
            taking.over();
        }
    }

    private Recorder recorder() {
        return pool.loop().recorder();
    }

    private boolean isOk(int code) {
        if (redirectsAreFine && Redirects.isRedirect(code)) {
            return true;
        }
        int[] ok = okStatus;
        if (ok == null) {
            return code < 400;
        }
        for (int each : ok) {
            if (each == code) {
                return true;
            }
        }
        return false;
    }
}
