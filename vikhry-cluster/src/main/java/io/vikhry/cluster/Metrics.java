package io.vikhry.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stream of batches from the workers of a run to the leader. */
public interface Metrics {
    /** Where reading a stream begins. */
    String START = "0-0";

    /** Appends a batch to its run's stream. What becomes of it is unknown when this throws: {@link Spool} sends it again. */
    void append(IntervalBatch batch);

    /**
     * Entries of a run after {@code afterId}, at most {@code max}; waits for one up to {@code block} (2 s at most) on a connection
     * of its own, which is for one reading thread.
     */
    List<Entry> read(String runId, String afterId, int max, Duration block);

    /**
     * Says how far each sequence was taken over, and forgets the stream's entries before {@code throughId}. Cursors only grow.
     * False if {@code leader} does not lead any more.
     */
    boolean advance(LeaderLease leader, String runId, Map<BatchOrigin, Long> cursors, String throughId);

    /** How far each sequence of a run was taken over. */
    Map<BatchOrigin, Long> cursors(String runId);

    /**
     * An entry of the stream.
     *
     * @param id its id; read on after it
     * @param batch the batch, or {@code null} if the entry holds none
     * @param fault why it holds none, or {@code null}
     */
    record Entry(
            String id,
            @Nullable IntervalBatch batch,
            @Nullable String fault) {}
}
