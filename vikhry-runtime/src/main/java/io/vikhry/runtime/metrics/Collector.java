package io.vikhry.runtime.metrics;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** Takes what the loops recorded once a second of cluster time, merges it, and hands it on, on a thread of its own. */
public final class Collector implements AutoCloseable {
    private Collector() {}

    /**
     * Starts collecting.
     *
     * @param recorders of all loops
     * @param clusterMillis cluster time in ms since 1970
     * @param activeVus users at work now
     * @param consumer takes each second's snapshot, in order, also of seconds without samples; never called on a loop
     */
    public static Collector start(
            List<Recorder> recorders,
            LongSupplier clusterMillis,
            IntSupplier activeVus,
            Consumer<IntervalSnapshot> consumer) {
        throw new UnsupportedOperationException();
    }

    /**
     * Ends collecting: the consumer gets the last, partial second before this returns. What was recorded before the call is in
     * it or in an earlier one.
     */
    public void flush() {
        throw new UnsupportedOperationException();
    }

    /** {@link #flush}, once. */
    @Override
    public void close() {
        flush();
    }
}
