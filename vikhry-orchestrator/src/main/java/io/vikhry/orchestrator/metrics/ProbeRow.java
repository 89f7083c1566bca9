package io.vikhry.orchestrator.metrics;

import io.vikhry.runtime.scenario.ScenarioDescription;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    static String spell(Enum<?> type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    /** The probes that a scenario declares, in its order, with what they saw; then those that it does not know any more. */
    public static List<ProbeRow> all(List<ScenarioDescription.Probe> declared, List<ProbeRow> seen) {
        Map<String, ProbeRow> byName = new LinkedHashMap<>();
        seen.forEach(row -> byName.put(row.name, row));
        List<ProbeRow> rows = new ArrayList<>();
        declared.forEach(probe -> rows.add(of(probe, byName.remove(probe.name()))));
        rows.addAll(byName.values());
        return rows;
    }

    /** A probe as its scenario declares it, with what it saw, if it was called. */
    private static ProbeRow of(ScenarioDescription.Probe declared, @Nullable ProbeRow seen) {
        List<Value> itsValues = declared.values().stream()
                .map(field -> Value.unseen(field.name(), spell(field.type())))
                .toList();
        ProbeRow row =
                seen == null ? new ProbeRow(declared.name(), null, null, 0, 0, null, null, itsValues, List.of()) : seen;
        return new ProbeRow(
                row.name,
                declared.every(),
                declared.timeout(),
                row.count,
                row.failures,
                row.lastError,
                row.last,
                row.values.isEmpty() ? itsValues : row.values,
                row.recent);
    }
}
