package io.vikhry.orchestrator.metrics;

import java.util.List;

/**
 * All numbers of a run at one instant.
 *
 * @param totals over all requests
 * @param rows every series, by kind, step and name
 * @param errors groups, most frequent first
 * @param errorsFolded errors that found no group any more and are only counted
 * @param completeness how much arrived
 */
public record Numbers(
        Totals totals, List<Row> rows, List<ErrorGroup> errors, long errorsFolded, Completeness completeness) {
    public Numbers {
        rows = List.copyOf(rows);
        errors = List.copyOf(errors);
    }
}
