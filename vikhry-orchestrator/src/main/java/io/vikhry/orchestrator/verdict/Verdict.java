package io.vikhry.orchestrator.verdict;

import java.util.List;

/**
 * Whether a run's numbers can be believed, and why not.
 *
 * <pre>
 * code            what                                                  SUSPECT from          INVALID from
 * cut_short       it was killed, failed, was aborted or lost its leader -                     always
 * nothing         nothing was measured, though users were asked for     -                     always
 * failed_starts   users that ended before their first step              1 %                   all
 * debt            arrivals that were due and never began                0.5 %                 10 %
 * absent_users    user-seconds missing of those wanted                  5 %                   50 %
 * missing         batches that did not arrive                           1                     5 %
 * silence         seconds of which nobody told anything                 1                     -
 * interrupted     times in which the run was not led                    1                     -
 * folded          samples of names that were too many to tell apart    1                     -
 * unkept          batches that the disk did not take                    1                     -
 * lost_worker     workers that went before the end                      1                     -
 * parked          seconds in which a worker without a lease stood still 1                     -
 * generator       worker-seconds saturated (and lagging ones)           5 % and 3 s           -
 *                                                                       (25 % and 5 s)
 * loop_held       times that the scenario's code held a loop            4 for each worker     -
 * held_back       requests that waited for the run's own limit          1 %                   -
 * refused         requests to hosts that are not allowed                1                     -
 * clock           a worker's clock moved against the cluster's          250 ms                -
 * fallback        a worker ran on the fallback scheduler                1                     -
 * </pre>
 *
 * <p>INVALID is said where the numbers are of something else than what was asked for: another load, or too small a part of it. What
 * a generator adds to latencies makes them look worse, never better, and its second is named: that is SUSPECT, however long it
 * lasts, while the load that it then did not make shows as debt or as absent users, and can be INVALID. The thresholds leave out
 * what every run has: the first seconds of a JVM, users that start spread over a second.
 *
 * @param level the worst of all reasons
 * @param reasons the worst first; empty if VALID
 */
public record Verdict(Level level, List<Reason> reasons) {
    static final double FAILED_STARTS_SUSPECT = 0.01;
    static final double DEBT_SUSPECT = 0.005;
    /** At a tenth less, the load was another one. */
    static final double DEBT_INVALID = 0.10;

    static final double ABSENT_SUSPECT = 0.05;
    static final double ABSENT_INVALID = 0.50;
    /** A percentile such as p95 says nothing of what a twentieth of the samples may hide. */
    static final double MISSING_INVALID = 0.05;

    static final double SATURATED_SUSPECT = 0.05;
    /** A JVM compiles and loads classes for so long when its first users come. */
    static final long SATURATED_SECONDS = 3;

    static final double LAGGING_SUSPECT = 0.25;
    static final long LAGGING_SECONDS = 5;
    /** The first users load classes, and hold their loop while they do. */
    static final int HOGS_EACH = 3;

    static final double HELD_SUSPECT = 0.01;
    /** From here on a sample can stand in a second that is not its own. */
    static final double CLOCK_MILLIS = 250;

    public Verdict {
        reasons = List.copyOf(reasons);
    }

    /** From good to bad. */
    public enum Level {
        /** What was measured is what was asked for. */
        VALID,
        /** Something may have touched the numbers: the reasons say what, and how much. */
        SUSPECT,
        /** The numbers are of something else than what was asked for; no gate may pass on them. */
        INVALID
    }

    /**
     * One reason.
     *
     * @param code for programs, see the table
     * @param level how bad it is by itself
     * @param text for people, with figures
     */
    public record Reason(String code, Level level, String text) {}

    /** Judges. */
    public static Verdict of(Evidence evidence) {
        return new Findings(evidence).verdict();
    }
}
