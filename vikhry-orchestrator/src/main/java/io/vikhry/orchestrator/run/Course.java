package io.vikhry.orchestrator.run;

import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.LoadStage;
import io.vikhry.cluster.PoolCounts;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the next leader of a run must know, beside what Redis says of the cluster. It is noted in Redis and on disk before each
 * change that depends on it, so a leader that is killed at any point leaves one of two things: a course whose last change has
 * been made, or one whose last change is still to be made.
 *
 * @param revision 1 and up within a run; of two courses the one with the higher number counts
 * @param head what was asked for
 * @param assignment the newest assignment, or {@code null} before the first
 * @param stages the load curve as it was asked for
 * @param transit users that their worker was told to end and that nobody else has been given
 * @param stop that and why the run is to end, or {@code null} while it goes on
 * @param error why it failed, or {@code null}
 * @param losses leases of workers that had users and went before the run's end: the newest
 * @param folded those that are not among the losses any more
 * @param interruptions times in which the run was not led or not all of it was at work
 * @param poolsBefore the pools as the run first saw them
 * @param arrivalsLost arrivals that were due at workers that were lost, and of which nobody has told; about so many
 */
record Course(
        long revision,
        RunHead head,
        @Nullable Assignment assignment,
        List<LoadStage> stages,
        List<Shares.Transit> transit,
        @Nullable Stop stop,
        @Nullable String error,
        List<Loss> losses,
        Folded folded,
        List<Interruption> interruptions,
        List<PoolCounts> poolsBefore,
        double arrivalsLost) {

    Course {
        Objects.requireNonNull(head, "a course has a head");
        stages = List.copyOf(stages);
        transit = List.copyOf(transit);
        losses = List.copyOf(losses);
        folded = Objects.requireNonNullElse(folded, Folded.NONE);
        interruptions = List.copyOf(interruptions);
        poolsBefore = List.copyOf(poolsBefore);
    }

    /**
     * An end that is under way.
     *
     * @param drainMillis how long a user may take to finish its step
     * @param sinceMillis when it was decided, cluster time
     */
    record Stop(StopReason reason, long drainMillis, long sinceMillis) {}

    /**
     * A worker that went.
     *
     * @param atMillis when that was seen, cluster time
     * @param seenMillis when it renewed its lease last, cluster time
     * @param unheardMillis for how long after that it may not have been able to
     * @param fence its lease
     * @param originFence the lease under which its sequence of batches began; 0 if that is not known
     * @param lastSeq its newest batch, as far as it has told; -1 if it was never heard of
     * @param users that it had, or was to have
     */
    record Loss(
            String workerId,
            long atMillis,
            long seenMillis,
            long unheardMillis,
            long fence,
            long originFence,
            long lastSeq,
            int users) {}

    /**
     * Losses that are added up.
     *
     * @param times how many
     * @param seconds of numbers that are missing, about
     * @param requests that were made and are missing, about
     * @param atMost requests that are missing at most
     */
    record Folded(int times, double seconds, long requests, long atMost) {
        static final Folded NONE = new Folded(0, 0, 0, 0);

        Folded and(Toll toll) {
            return new Folded(times + 1, seconds + toll.seconds(), requests + toll.requests(), atMost + toll.atMost());
        }
    }
}
