package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch.ProbeType;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one probe.
 *
 * @param name the probe's name
 * @param every from one start to the next, as {@code 5s}, or {@code null} where its scenario is not known any more
 * @param timeout the longest one call may take, or {@code null} likewise
 * @param count calls that have ended
 * @param failures those that failed
 * @param lastError why the newest that failed did, or {@code null}
 * @param last the newest call, or {@code null}
 * @param values what it returns, over the whole run
 * @param recent the newest calls, at most {@value #RECENT}, in order of time
 */
public record ProbeRow(
        String name,
        @Nullable String every,
        @Nullable String timeout,
        long count,
        long failures,
        @Nullable String lastError,
        @Nullable ProbePoint last,
        List<Value> values,
        List<ProbePoint> recent) {
    /** Calls that are told with each row. */
    public static final int RECENT = 60;

    public ProbeRow {
        values = List.copyOf(values);
        recent = List.copyOf(recent);
    }

    /**
     * One value over the whole run; the figures are {@code null} where there was none yet.
     *
     * @param type {@code number}, {@code boolean} (1 or 0) or {@code duration} (ms)
     */
    public record Value(
            String name,
            String type,
            @Nullable Double last,
            @Nullable Double min,
            @Nullable Double max,
            @Nullable Double mean) {
        /** A value that was never seen. */
        public static Value unseen(String name, String type) {
            return new Value(name, type, null, null, null, null);
        }
    }

    /** How the API spells a type. */
    static String spell(ProbeType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    /** A probe that was not called yet. */
    public static ProbeRow uncalled(String name, String every, String timeout, List<Value> values) {
        return new ProbeRow(name, every, timeout, 0, 0, null, null, values, List.of());
    }

    /** The same, with what its scenario declares. */
    public ProbeRow declared(String itsEvery, String itsTimeout, List<Value> itsValues) {
        return new ProbeRow(
                name,
                itsEvery,
                itsTimeout,
                count,
                failures,
                lastError,
                last,
                values.isEmpty() ? itsValues : values,
                recent);
    }
}
