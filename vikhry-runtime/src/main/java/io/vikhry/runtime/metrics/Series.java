package io.vikhry.runtime.metrics;

/**
 * The samples of one series on one loop. On the loop recording takes no lock and allocates nothing; calls from elsewhere are
 * handed to the loop, in order.
 */
public final class Series {
    Series() {}

    public Kind kind() {
        throw new UnsupportedOperationException();
    }

    public String step() {
        throw new UnsupportedOperationException();
    }

    public String name() {
        throw new UnsupportedOperationException();
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
        throw new UnsupportedOperationException();
    }

    /** Records one sample whose code is an HTTP status. */
    public void recordStatus(
            long responseNanos, long serviceNanos, boolean failed, int status, long bytesSent, long bytesReceived) {
        throw new UnsupportedOperationException();
    }

    /**
     * Turns one successful sample recorded earlier into a failed one: failures + 1, {@code fromCode} - 1, {@code toCode} + 1.
     * The count and the times stay. Where the sample's second has passed, this second's numbers may be negative; the sum over
     * the seconds is right.
     */
    public void failCheck(String fromCode, String toCode) {
        throw new UnsupportedOperationException();
    }
}
