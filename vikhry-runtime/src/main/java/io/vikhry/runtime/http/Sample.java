package io.vikhry.runtime.http;

import io.vikhry.api.HttpException;
import io.vikhry.runtime.metrics.Recorder;
import io.vikhry.runtime.metrics.Series;
import org.jspecify.annotations.Nullable;

/**
 * What is measured of one exchange: when it got how far, how much went and came, and whether it failed; recorded once, when it is
 * over, on the loop. It is touched by whoever owns the exchange.
 */
final class Sample {
    /** Where it is recorded; null where its client is not measured. */
    private @Nullable Series series;

    private long latenessNanos;
    private long startNanos;

    // When it got so far, for the phases of its time; 0 where it did not.

    /** It had a connection; {@link #startNanos} where that was at hand. Not told where one was opened for it. */
    private long carriedNanos;

    /** The system took its last byte. */
    private long sentNanos;

    /** There was a first byte of the response, but not all of it. */
    private long firstByteNanos;

    /** The opening of the connection, where it was made for this. */
    private @Nullable Dial dial;

    /** How long it was held at the gate since, which is not its time. */
    private long dialHeldNanos;

    private long sent;
    private long received;
    private long serviceNanos;
    private boolean failed;

    /** Makes ready for a request that starts at {@code start}, so much later than was intended. */
    void begin(@Nullable Series where, long start, long lateness) {
        series = where;
        startNanos = start;
        latenessNanos = lateness;
        carriedNanos = 0;
        sent = 0;
        received = 0;
        restart();
    }

    // ---- while it is under way

    /** It is sent anew. */
    void restart() {
        sentNanos = 0;
        firstByteNanos = 0;
    }

    /** It waits for its connection: a dial that was begun for it before is not for it any more. */
    void waits() {
        dial = null;
        dialHeldNanos = 0;
    }

    /** The connection it waits for is opened for it. */
    void dialledBy(Dial d) {
        dial = d;
    }

    /** It has a connection: at once, unless it was noted that it waited. */
    void carried() {
        if (carriedNanos == 0) {
            carriedNanos = startNanos;
        }
    }

    /** It has the connection that it waited for. */
    void carriedAtLast() {
        carriedNanos = System.nanoTime();
    }

    /** So many bytes of it go out. */
    void sends(long bytes) {
        sent += bytes;
    }

    /** The system took its last byte. */
    void sentWhole() {
        sentNanos = System.nanoTime();
    }

    boolean isSentWhole() {
        return sentNanos != 0;
    }

    /** Something of the response has come, and it is not all. */
    void answerBegins() {
        if (firstByteNanos == 0) {
            firstByteNanos = System.nanoTime();
        }
    }

    /** What came so far was no part of the response. */
    void answerHasNotBegun() {
        firstByteNanos = 0;
    }

    /** The limit of requests per second held it back before it started. */
    void startsLater(long nanos) {
        latenessNanos += nanos;
    }

    /** The time at the gate is not the service's: all that was noted so far moves on by it. */
    void heldAtGate(long nanos) {
        startNanos += nanos;
        carriedNanos += carriedNanos == 0 ? 0 : nanos;
        dialHeldNanos += nanos;
    }

    // ---- when it is over

    /** A response is complete, and {@code bytes} have come of it. */
    void answered(Exchange x, int status, long bytes) {
        serviceNanos = System.nanoTime() - startNanos;
        received += bytes;
        failed = !x.isOk(status);
        Series s = series;
        if (s != null) {
            Download taking = x.download;
            String check = taking == null ? null : taking.failedCheck();
            if (check != null && !failed) {
                failed = true;
                s.record(serviceNanos + latenessNanos, serviceNanos, true, check, sent, received);
            } else {
                s.recordStatus(serviceNanos + latenessNanos, serviceNanos, failed, status, sent, received);
            }
            if (failed && check == null) {
                recorder(x).error(s, Integer.toString(status), s.name() + ": status " + status, null);
            }
            recordPhases(x, s, true);
        }
        dial = null;
    }

    /** At {@code endNanos} it was clear that there will be no response, of which {@code bytes} have come. */
    void failed(Exchange x, long endNanos, long bytes, HttpException.Code code, String why) {
        serviceNanos = endNanos - startNanos;
        received += bytes;
        failed = true;
        Series s = series;
        if (s != null) {
            s.record(serviceNanos + latenessNanos, serviceNanos, true, code.name(), sent, received);
            recorder(x).error(s, code.name(), s.name() + ": " + why, null);
            recordPhases(x, s, false);
        }
        dial = null;
    }

    /** Where its time went; {@code whole} if a response came. */
    private void recordPhases(Exchange x, Series s, boolean whole) {
        long end = startNanos + serviceNanos;
        long at = startNanos;
        long blocked = -1;
        long dns = -1;
        long connect = -1;
        long tls = -1;
        boolean ready;
        Dial d = dial;
        if (d != null) {
            // The start has moved on by what it was held for since.
            long held = dialHeldNanos;
            blocked = d.startedNanos + held - at;
            dns = to(d.resolvedNanos, end) - d.startedNanos;
            boolean secure = x.pool().origin().tls();
            // Without TLS, what makes the socket ready is a part of connecting.
            connect = d.resolvedNanos == 0 ? -1 : to(secure ? d.connectedNanos : d.openedNanos, end) - d.resolvedNanos;
            tls = d.connectedNanos == 0 || !secure ? -1 : to(d.openedNanos, end) - d.connectedNanos;
            at = d.openedNanos == 0 ? end : d.openedNanos + held;
            ready = d.openedNanos != 0;
        } else {
            ready = carriedNanos != 0;
            if (carriedNanos != startNanos) {
                at = to(carriedNanos, end);
                blocked = at - startNanos;
            }
        }
        Upload sending = x.upload;
        long sentAt = sending == null ? sentNanos : sending.sentNanos();
        long first = to(firstByteNanos, end);
        // An answer may come before the whole of the request was sent.
        long last = sentAt == 0 || sentAt - first > 0 ? first : sentAt;
        s.recordPhases(
                blocked,
                dns,
                connect,
                tls,
                ready ? last - at : -1,
                ready && (sentAt != 0 || whole) ? first - last : -1,
                whole || firstByteNanos != 0 ? end - first : -1);
    }

    private static long to(long nanos, long end) {
        return nanos == 0 ? end : nanos;
    }

    /** A check of the response has failed, which changes what was recorded if it is {@code over}. */
    void checkFailed(Exchange x, String code, String what, boolean over) {
        Series s = series;
        if (s != null) {
            recorder(x).error(s, code, what, null);
            if (over) {
                s.failCheck(Integer.toString(x.status), code);
            }
        }
    }

    private static Recorder recorder(Exchange x) {
        return x.pool().loop().recorder();
    }

    // ---- what came of it

    long startNanos() {
        return startNanos;
    }

    /** From the start to the end, in ns, once it is over. */
    long serviceNanos() {
        return serviceNanos;
    }

    /** Whether it counts as failed, once it is over. */
    boolean hasFailed() {
        return failed;
    }
}
