package io.vikhry.orchestrator.run;

import io.vikhry.cluster.Leases;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerView;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Which leases are surely over, so that what was given to them may be given to others.
 *
 * <p>A worker that Redis lists as expired is gone, and so is an older lease of a worker that has joined again. One that is not
 * listed at all may only be missing because Redis has lost its data: its own clock lets it go on until its lease would have run
 * out, so for that long it counts as present, unless it said that it leaves.
 */
final class Presence {
    private static final long TTL_NANOS = TimeUnit.MILLISECONDS.toNanos(Leases.TTL_MILLIS);
    /** After this time nobody asks any more. */
    static final long FORGET_NANOS = 60 * TTL_NANOS;

    private final LongSupplier nanoTime;
    private final Map<String, Seen> seen = new HashMap<>();
    private final Hearsay hearsay = new Hearsay();
    private long looks;
    private long begunNanos;
    private long otherClockNanos;

    Presence(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.begunNanos = nanoTime.getAsLong() - TTL_NANOS - 1;
        this.otherClockNanos = begunNanos;
    }

    /** What is known here may be too old: who is not listed now may still be at work for as long as a lease lasts. */
    void begin() {
        begunNanos = nanoTime.getAsLong();
    }

    /** Another Redis leads, whose clock may be ahead: for as long as a lease lasts it is not believed that one is over. */
    void otherClock() {
        otherClockNanos = nanoTime.getAsLong();
    }

    private boolean expired(Seen last) {
        return !last.worker.alive() && nanoTime.getAsLong() - otherClockNanos > TTL_NANOS;
    }

    /** Notes who is there now. */
    void see(Roster roster) {
        looks++;
        long now = nanoTime.getAsLong();
        hearsay.look(roster.workers(), now);
        roster.workers().forEach(worker -> seen.put(worker.status().workerId(), new Seen(worker, now, looks)));
        seen.values().removeIf(s -> now - s.nanos > FORGET_NANOS);
    }

    /** What is known of the last that was heard of a lease; empty if this orchestrator has never heard of it. */
    Optional<Hearsay.Last> last(String workerId, long fence) {
        return hearsay.of(workerId, fence);
    }

    /** Whether the lease with that fence is over. */
    boolean gone(String workerId, long fence) {
        Seen last = seen.get(workerId);
        if (last == null || last.worker.status().fence() < fence) {
            return nanoTime.getAsLong() - begunNanos > TTL_NANOS;
        }
        if (last.worker.status().fence() != fence || expired(last)) {
            return true;
        }
        return gone(last);
    }

    /** Whether the newest lease of that worker is over. */
    boolean gone(String workerId) {
        Seen last = seen.get(workerId);
        return last == null || expired(last) || gone(last);
    }

    private boolean gone(Seen last) {
        boolean listed = last.look == looks;
        boolean left = last.worker.status().phase() == WorkerStatus.Phase.LEAVING;
        return !listed && (left || nanoTime.getAsLong() - last.nanos > TTL_NANOS);
    }

    /** Whether the worker with that lease is gone because it meant to. */
    boolean left(String workerId, long fence) {
        Seen last = seen.get(workerId);
        return last != null
                && last.worker.status().fence() == fence
                && last.worker.status().phase() == WorkerStatus.Phase.LEAVING
                && gone(workerId, fence);
    }

    /** Whether the worker with that lease did not work for the run when it was heard of after {@code millis}, cluster time. */
    boolean turnedAway(String workerId, long fence, String runId, long millis) {
        Seen last = seen.get(workerId);
        return last != null
                && last.worker.status().fence() == fence
                && last.worker.lastSeenMillis() > millis
                && !runId.equals(last.worker.status().runId());
    }

    private record Seen(WorkerView worker, long nanos, long look) {}
}
