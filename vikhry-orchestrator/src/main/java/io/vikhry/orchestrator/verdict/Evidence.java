package io.vikhry.orchestrator.verdict;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of how a run's numbers came about, as far as it speaks for or against them.
 *
 * @param cutShort how it ended before its time, {@code "was killed by ada"}, or {@code null} if it goes on or ended as was meant
 * @param users users or arrivals were asked for, so that there should be numbers
 * @param samples requests and steps that were measured
 * @param arrived batches that arrived, and those that are missing
 * @param arrivals of the open model, or {@code null}
 * @param attendance of the closed model, or {@code null} where nobody can say how many users there should have been
 * @param starts users
 * @param held requests that the run's own limit held back
 * @param refused requests to hosts that are not allowed
 * @param hogs times that the scenario's code held a loop, and where
 * @param workers the generators
 * @param lost workers that had users and went
 * @param silentSeconds seconds of which no worker told anything
 * @param folded samples of names that were too many to be told apart
 * @param unkept batches that the disk did not take
 * @param interruptions times in which the run was not led, or not all of it was at work
 */
public record Evidence(
        @Nullable String cutShort,
        boolean users,
        long samples,
        Batches arrived,
        @Nullable Arrivals arrivals,
        @Nullable Attendance attendance,
        Starts starts,
        Held held,
        long refused,
        Hogs hogs,
        List<Generator> workers,
        List<Lost> lost,
        long silentSeconds,
        long folded,
        long unkept,
        List<Interrupted> interruptions) {

    public Evidence {
        workers = List.copyOf(workers);
        lost = List.copyOf(lost);
        interruptions = List.copyOf(interruptions);
    }

    /** What had happened, how often, and how long it lasted in all; 0 if it was a moment. */
    public record Interrupted(String what, int times, double seconds) {}

    /** Batches of the workers. */
    public record Batches(long arrived, long missing) {}

    /** Arrivals that were due, and those that a user has begun to serve. */
    public record Arrivals(long intended, long started) {}

    /** Seconds that users should have been at work, and were, added up over users; the moments around each change left out. */
    public record Attendance(double wantedSeconds, double presentSeconds) {}

    /** Users that were started, and those of them that ended before their first step. */
    public record Starts(long started, long failed) {}

    /** Requests that waited for the run's limit of requests per second, of all, and how long they waited, added up. */
    public record Held(long requests, long all, long millis) {}

    /** How often a loop was held, and by what; empty if never. */
    public record Hogs(long count, String where) {}

    /**
     * A generator, over the seconds in which it had users.
     *
     * @param id the worker
     * @param seconds so many
     * @param lagging of these
     * @param saturated of these
     * @param why what was not in order in its worst second; empty if it was healthy throughout
     * @param parkedSeconds of these its users stood still, because it had no lease
     * @param clockMovedMillis how far its clock moved against the cluster's
     * @param fallback whether its users ran on the fallback scheduler
     */
    public record Generator(
            String id,
            long seconds,
            long lagging,
            long saturated,
            String why,
            long parkedSeconds,
            double clockMovedMillis,
            boolean fallback) {}

    /**
     * A worker that went before the end.
     *
     * @param id its name; empty for several of which only the sum is known
     * @param times how often
     * @param seconds of its numbers that are missing, about
     * @param samples that it would have told in that time, at the rate it had
     */
    public record Lost(String id, int times, double seconds, long samples) {
        /** This and more, under this name. */
        public Lost and(Lost more) {
            return new Lost(id, times + more.times, seconds + more.seconds, samples + more.samples);
        }
    }
}
