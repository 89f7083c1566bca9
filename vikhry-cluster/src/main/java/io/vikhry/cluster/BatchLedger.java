package io.vikhry.cluster;

import java.util.HashMap;
import java.util.Map;

/**
 * Keeps account of which batches have come: refuses repeated ones, counts missing ones, and says how far each sequence is
 * complete. A gap may still be filled by a batch sent again; once {@value #PATIENCE} later ones have come without it, it counts
 * as lost, and the sequence goes on behind it. For one thread.
 */
public final class BatchLedger {
    /** How many later batches of its sequence a missing one is waited for. */
    public static final int PATIENCE = 30;

    private final Map<BatchOrigin, Sequence> sequences = new HashMap<>();
    private long accepted;
    private long duplicates;

    /** True if this batch is new and must be counted; false if it has been before. */
    public boolean accept(IntervalBatch batch) {
        boolean fresh = sequences
                .computeIfAbsent(BatchOrigin.of(batch), o -> new Sequence())
                .accept(batch.seq());
        if (fresh) {
            accepted++;
        } else {
            duplicates++;
        }
        return fresh;
    }

    /** How far each sequence is complete or given up: what to hand to {@link Metrics#advance}. */
    public Map<BatchOrigin, Long> cursors() {
        Map<BatchOrigin, Long> cursors = new HashMap<>();
        sequences.forEach((origin, sequence) -> cursors.put(origin, sequence.cursor()));
        return cursors;
    }

    /** The newest that has come of each sequence of which one before it has not: to be sent again. */
    public Map<BatchOrigin, Long> gaps() {
        Map<BatchOrigin, Long> gaps = new HashMap<>();
        sequences.forEach((origin, sequence) -> {
            if (sequence.reached() > sequence.cursor()) {
                gaps.put(origin, sequence.reached());
            }
        });
        return gaps;
    }

    /** A worker said that {@code newest} is its newest batch: what has not come up to there is missing. */
    public void expect(BatchOrigin origin, long newest) {
        sequences.computeIfAbsent(origin, o -> new Sequence()).expect(newest);
    }

    /** Batches accepted. */
    public long accepted() {
        return accepted;
    }

    /** Batches that came more than once. */
    public long duplicates() {
        return duplicates;
    }

    /** Batches that should have come and have not. */
    public long missing() {
        return sequences.values().stream().mapToLong(Sequence::missing).sum();
    }

    /** Batches of one sequence that should have come, after the newest that has, and have not. */
    public long missingAtEnd(BatchOrigin origin) {
        Sequence sequence = sequences.get(origin);
        return sequence == null ? 0 : sequence.missingAtEnd();
    }

    /** Batches of one sequence that should have come and have not. */
    public long missing(BatchOrigin origin) {
        Sequence sequence = sequences.get(origin);
        return sequence == null ? 0 : sequence.missing();
    }
}
