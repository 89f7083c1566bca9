package io.vikhry.cluster;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A worker's batches of one run until the orchestrator has taken them over. Each is sent once, and again after {@link #resend};
 * what does not fit any more falls out at the old end and is counted.
 *
 * <p>Any thread may add; one thread flushes at a time. A batch stays in the spool while it is being sent, so that a failure
 * half-way loses nothing: the orchestrator drops what comes twice.
 */
public final class Spool {
    /** Ten minutes of batches. */
    public static final int DEFAULT_CAPACITY = 600;

    private final Consumer<IntervalBatch> sink;
    private final int capacity;
    private final ArrayDeque<IntervalBatch> batches = new ArrayDeque<>();
    private long sent;
    /** How often {@link #sent} was set back: what was being sent meanwhile does not bring it forward again. */
    private long rounds;

    private long passed;
    private long dropped;
    /** For what it was asked last. */
    private long asked;

    /** A spool that sends to {@code sink}, as a rule {@link Metrics#append}, and keeps {@code capacity} batches. */
    public Spool(Consumer<IntervalBatch> sink, int capacity) {
        this.sink = sink;
        this.capacity = capacity;
    }

    /** Adds the next batch of the sequence. */
    public synchronized void add(IntervalBatch batch) {
        if (batch.seq() <= passed) {
            return;
        }
        if (batches.size() == capacity) {
            // One that was sent is most likely on its way; if it is not, the reader's ledger misses it.
            if (batches.removeFirst().seq() > sent) {
                dropped++;
            }
        }
        batches.addLast(batch);
    }

    /**
     * Sends what was not sent yet, in order.
     *
     * @throws ClusterException if Redis does not take it; the rest goes with the next flush, beginning with the one that failed
     */
    public void flush() {
        for (Turn turn = next(); turn != null; turn = next()) {
            sink.accept(turn.batch);
            sent(turn);
        }
    }

    /** A batch that is to be sent, in the round in which it was taken up. */
    private record Turn(IntervalBatch batch, long round) {}

    private synchronized @Nullable Turn next() {
        for (IntervalBatch batch : batches) {
            if (batch.seq() > sent) {
                return new Turn(batch, rounds);
            }
        }
        return null;
    }

    private synchronized void sent(Turn turn) {
        if (turn.round == rounds) {
            sent = Math.max(sent, turn.batch.seq());
        }
    }

    /** The connection or Redis' data was lost: everything the orchestrator has not passed must be sent again. */
    public synchronized void resend() {
        rounds++;
        sent = passed;
    }

    /**
     * The orchestrator has {@code ahead}, and misses one before it: everything it has not passed must be sent again. It is asked for
     * once; what was lost twice stays lost.
     */
    public synchronized void missed(long ahead) {
        if (ahead > passed && ahead != asked) {
            asked = ahead;
            resend();
        }
    }

    /** The orchestrator has taken over everything up to {@code cursor}. */
    public synchronized void passed(long cursor) {
        passed = Math.max(passed, cursor);
        while (!batches.isEmpty() && batches.getFirst().seq() <= passed) {
            batches.removeFirst();
        }
    }

    /** Batches not passed yet. */
    public synchronized int size() {
        return batches.size();
    }

    /** Batches not sent since the last {@link #resend}. */
    public synchronized int unsent() {
        return (int) batches.stream().filter(b -> b.seq() > sent).count();
    }

    /** Batches that fell out before they were sent. */
    public synchronized long dropped() {
        return dropped;
    }
}
