package io.vikhry.runtime.metrics;

import org.jspecify.annotations.Nullable;

/**
 * The samples of one series on one loop. On the loop recording takes no lock and allocates nothing; calls from elsewhere are
 * handed to the loop, in order.
 *
 * <p>The current slice belongs to the loop. Once a second the loop itself hands it to the collector, which gives it back, empty,
 * through {@link #spare}: so each second's slices are the same two.
 */
public final class Series {
    private final Recorder recorder;
    private final SeriesKey key;
    private @Nullable SeriesSlice current;
    private volatile @Nullable SeriesSlice spare;

    Series(Recorder recorder, SeriesKey key) {
        this.recorder = recorder;
        this.key = key;
    }

    public Kind kind() {
        return key.kind();
    }

    /** The step in which it happens; empty outside steps, and for steps themselves. */
    public String step() {
        return key.step();
    }

    public String name() {
        return key.name();
    }

    SeriesKey key() {
        return key;
    }

    /**
     * Records one sample.
     *
     * @param responseNanos time from the intended start
     * @param serviceNanos time from the actual start; equal to {@code responseNanos} where nothing was late
     * @param code {@code OK}, {@code TIMEOUT}, {@code CHECK_STATUS}: few different ones
     * @param bytesSent bytes sent, heads included
     * @param bytesReceived bytes received, heads included
     */
    public void record(
            long responseNanos, long serviceNanos, boolean failed, String code, long bytesSent, long bytesReceived) {
        if (recorder.home().inLoop()) {
            SeriesSlice slice = slice();
            slice.add(responseNanos, serviceNanos, failed, bytesSent, bytesReceived);
            slice.codes.add(code, 1);
        } else {
            recorder.home().execute(() -> record(responseNanos, serviceNanos, failed, code, bytesSent, bytesReceived));
        }
    }

    /** Records one sample whose code is an HTTP status. */
    public void recordStatus(
            long responseNanos, long serviceNanos, boolean failed, int status, long bytesSent, long bytesReceived) {
        if (recorder.home().inLoop()) {
            SeriesSlice slice = slice();
            slice.add(responseNanos, serviceNanos, failed, bytesSent, bytesReceived);
            slice.codes.addStatus(status, 1);
        } else {
            recorder.home()
                    .execute(() -> recordStatus(responseNanos, serviceNanos, failed, status, bytesSent, bytesReceived));
        }
    }

    /**
     * Records where the service time of one sample went, beside {@link #record} or {@link #recordStatus}. On the loop only.
     * Each is a time in ns, or negative for a {@link Phase} that the request did not go through.
     */
    public void recordPhases(long blocked, long dns, long connect, long tls, long send, long wait, long receive) {
        SeriesSlice slice = slice();
        PhaseTimes times = slice.phases;
        if (times == null) {
            times = new PhaseTimes();
            slice.phases = times;
        }
        times.add(Phase.BLOCKED, blocked);
        times.add(Phase.DNS, dns);
        times.add(Phase.CONNECT, connect);
        times.add(Phase.TLS, tls);
        times.add(Phase.SEND, send);
        times.add(Phase.WAIT, wait);
        times.add(Phase.RECEIVE, receive);
    }

    /**
     * Turns one successful sample recorded earlier into a failed one: failures + 1, {@code fromCode} - 1, {@code toCode} + 1.
     * The count and the times stay. Where the sample's second has passed, this second's numbers may be negative; the sum over
     * the seconds is right.
     */
    public void failCheck(String fromCode, String toCode) {
        if (recorder.home().inLoop()) {
            SeriesSlice slice = slice();
            slice.failures++;
            slice.codes.add(fromCode, -1);
            slice.codes.add(toCode, 1);
        } else {
            recorder.home().execute(() -> failCheck(fromCode, toCode));
        }
    }

    private SeriesSlice slice() {
        SeriesSlice slice = current;
        return slice != null ? slice : begin();
    }

    private SeriesSlice begin() {
        SeriesSlice slice = spare;
        if (slice == null) {
            slice = new SeriesSlice();
        } else {
            spare = null;
        }
        // First it is known to the recorder: on a stack that is full this may throw, and a slice nobody takes would be
        // lost.
        recorder.began(this);
        current = slice;
        return slice;
    }

    /** On the loop: what was recorded since the last call, of a series that {@link Recorder#began}. */
    SeriesSlice take() {
        SeriesSlice slice = slice();
        current = null;
        return slice;
    }

    /** Gives a taken slice back. By the collector. */
    void giveBack(SeriesSlice slice) {
        if (spare == null) {
            slice.clear();
            spare = slice;
        }
    }
}
