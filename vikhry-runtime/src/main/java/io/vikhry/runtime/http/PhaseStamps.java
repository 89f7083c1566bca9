package io.vikhry.runtime.http;

import io.vikhry.runtime.metrics.Series;

/** From the moments at which an exchange got so far to the phases of its time. */
final class PhaseStamps {
    private PhaseStamps() {}

    /** Records where the time of an exchange went that is over; {@code whole} if a response came. */
    static void record(Exchange x, Series s, boolean whole) {
        long start = x.startNanos;
        long end = start + x.serviceNanos;
        long at = start;
        long blocked = -1;
        long dns = -1;
        long connect = -1;
        long tls = -1;
        boolean ready;
        Dial d = x.dial;
        if (d != null) {
            // The start has moved on by what it was held for since.
            long held = x.dialHeldNanos;
            blocked = d.startedNanos + held - at;
            dns = to(d.resolvedNanos, end) - d.startedNanos;
            connect = d.resolvedNanos == 0 ? -1 : to(d.connectedNanos, end) - d.resolvedNanos;
            tls = d.connectedNanos == 0 || !x.pool().origin().tls() ? -1 : to(d.openedNanos, end) - d.connectedNanos;
            at = d.openedNanos == 0 ? end : d.openedNanos + held;
            ready = d.openedNanos != 0;
        } else {
            ready = x.carriedNanos != 0;
            if (x.carriedNanos != start) {
                at = to(x.carriedNanos, end);
                blocked = at - start;
            }
        }
        Upload sending = x.upload;
        long sentAt = sending == null ? x.sentNanos : sending.sentNanos();
        long first = to(x.firstByteNanos, end);
        // An answer may come before the whole of the request was sent.
        long last = sentAt == 0 || sentAt - first > 0 ? first : sentAt;
        s.recordPhases(
                blocked,
                dns,
                connect,
                tls,
                ready ? last - at : -1,
                ready && (sentAt != 0 || whole) ? first - last : -1,
                whole || x.firstByteNanos != 0 ? end - first : -1);
    }

    private static long to(long nanos, long end) {
        return nanos == 0 ? end : nanos;
    }
}
