package io.vikhry.runtime.http;

import io.vikhry.api.HttpException;
import io.vikhry.runtime.engine.Loop;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: handed by the user's thread to the loop, carried out and recorded there, and handed back.
 *
 * <p>It has one owner at a time. The user's thread fills it in, gives it to {@link Loop#execute} (or, mounted on the loop and
 * where the connection allows it, sends it itself), and waits. The loop's own thread then owns it until it sets {@link #done},
 * with release semantics, as its last touch; after that the user's thread reads the outcome. Where the VU is mounted on the loop,
 * both are the same thread. The sample is recorded before {@code done}, so that a request whose outcome is known is counted.
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

    long deadlineNanos;

    /** When the first byte of the response must be there; only where the client has such a limit. */
    long firstByteDeadlineNanos;

    /** Whether it asks its server to close, so that its connection carries no other. */
    boolean close;

    boolean toHead;
    boolean keepBody;
    boolean idempotent;
    boolean redirectsAreFine;
    int @Nullable [] okStatus;

    // How it goes.
    final Waiter waiter;
    final Sample sample = new Sample();

    // What became of it.
    int status;
    byte[] responseHead = NOTHING;
    byte[] responseBody = NOTHING;
    boolean cookie;
    boolean encoded;

    HttpException.@Nullable Code failure;
    String reason = "";

    @Nullable Throwable cause;

    // The loop's own.
    boolean retried;

    @Nullable Carrier connection;

    @SuppressWarnings("unused") // by DONE
    private boolean done;

    Exchange(Pool pool, HttpClient client) {
        this.pool = pool;
        this.client = client;
        this.waiter = new Waiter(this, client.owner().gate());
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
        waiter.clear();
        failure = null;
        cause = null;
        retried = false;
        heldUntilNanos = 0;
        DONE.setRelease(this, false);
    }

    /** It is sent anew. */
    void restart() {
        heldUntilNanos = 0;
        sample.restart();
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
        sample.answerHasNotBegun();
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

    /** On the user's thread, which was held at the gate once more: that is not the service's time. */
    void heldAtGate(long nanos) {
        deadlineNanos += nanos;
        sample.heldAtGate(nanos);
    }

    /** On the loop's thread: it waits at {@code where} before it can go out. */
    void waitAt(Carrier where) {
        connection = where;
        waiter.losesPlace();
        sample.waits();
    }

    /** As {@link #mayGo}, where it goes out at once after its user has passed the gate. */
    boolean mayGoAtOnce() {
        return waiter.mayGoAtOnce() || sendBack();
    }

    /**
     * On the loop's thread, before it goes out on a connection for which it waited: whether it may. If not, it goes back to its
     * user, and the loop has no more to do with it.
     */
    boolean mayGo() {
        return waiter.mayGo() || sendBack();
    }

    private boolean sendBack() {
        connection = null;
        waiter.sendBack();
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

    /** Whether the loop may still hold a reference to this, so that it must not be used again. */
    boolean isSpent() {
        // The last task of a body that was read on the way may still be on its way to the loop.
        return waiter.isCancelled() || upload != null || download != null;
    }

    // ---- on the loop's thread

    /** On the loop's thread: sends the request. */
    @Override
    public void run() {
        if (!isDone()) {
            pool.carry(this);
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

    /** On the loop's thread: no more is wanted of a response whose body is read while it comes. */
    void completeAsItStands() {
        Carrier c = connection;
        if (!isDone() && c != null) {
            complete(status, c.letGo(this), responseHead, NOTHING, cookie, encoded);
        }
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
        sample.answered(this, code, bytes);
        status = code;
        responseHead = rawHead;
        responseBody = body;
        cookie = setsCookie;
        encoded = isEncoded;
        finish();
    }

    /** On the loop's thread: there will be no response. */
    void fail(HttpException.Code code, String why, @Nullable Throwable because) {
        long end = System.nanoTime();
        Carrier c = connection;
        failure = code;
        sample.failed(this, end, c == null ? 0 : c.letGo(this), code, why);
        reason = why;
        cause = because;
        finish();
    }

    private void finish() {
        connection = null;
        Upload sending = upload;
        if (sending != null) {
            sending.stop();
        }
        Thread thread = waiter.thread();
        Download taking = download;
        DONE.setRelease(this, true);
        if (taking == null) {
            LockSupport.unpark(thread);
        } else {
            taking.over();
        }
    }

    /** Whether a response with that status is what was asked for. */
    boolean isOk(int code) {
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
