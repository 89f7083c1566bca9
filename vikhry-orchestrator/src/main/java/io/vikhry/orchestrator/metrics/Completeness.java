package io.vikhry.orchestrator.metrics;

/**
 * How much of what the workers measured has arrived.
 *
 * @param batches batches that arrived, each counted once
 * @param missingBatches batches whose numbers are missing between others, or before a worker's last known one
 * @param duplicates batches that arrived again and changed nothing
 * @param ratio arrived share of all known batches, 0 to 1
 */
public record Completeness(long batches, long missingBatches, long duplicates, double ratio) {
    static Completeness of(long batches, long missing, long duplicates) {
        // Rounded down: 1.0 is said only when nothing is missing.
        double ratio = missing == 0 ? 1 : Math.floor(1e6 * batches / (batches + missing)) / 1e6;
        return new Completeness(batches, missing, duplicates, ratio);
    }
}
