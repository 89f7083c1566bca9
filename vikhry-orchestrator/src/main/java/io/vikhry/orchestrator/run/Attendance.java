package io.vikhry.orchestrator.run;

import io.vikhry.cluster.LoadStage;
import io.vikhry.orchestrator.verdict.Evidence;
import io.vikhry.runtime.load.LoadCurve;
import org.jspecify.annotations.Nullable;

/**
 * For how long users of a run of the closed model should have been at work, and were. What cannot change any more is added up once:
 * the verdict on a run of days is asked for each second. Any thread may call.
 */
final class Attendance {
    /** Users start spread over a second, and their first second of work is not whole either. */
    static final long SETTLING_MILLIS = 2_000;
    /** A worker counts a second's users when its loops have handed the second over, up to a second later. */
    static final long COUNTING_MILLIS = 1_000;

    /** Of the seconds before {@link #openMillis}. */
    private final Sum past = new Sum();

    private long openMillis = Long.MIN_VALUE;

    private static final class Sum {
        long wanted;
        long present;

        void add(int wantedUsers, int presentUsers) {
            wanted += wantedUsers;
            present += Math.min(wantedUsers, presentUsers);
        }
    }

    /** Of {@code run} up to now, or up to its end; {@code null} where nobody can say how many users there should have been. */
    synchronized Evidence.@Nullable Attendance of(Run run, long nowMillis) {
        if (run.load.t0Millis == 0 || run.generators.quit() > 0) {
            return null;
        }
        long stopping = run.stoppingSince();
        long until = stopping == 0 ? nowMillis - SETTLING_MILLIS : stopping - COUNTING_MILLIS;
        long t0 = run.load.t0Millis;
        LoadCurve curve = run.load.curve();
        long settled = run.numbers.unsettledMillis();
        Sum newest = new Sum();
        run.numbers.forEachSecond(nowMillis, openMillis, (millis, atWork) -> {
            long end = millis + 1000;
            if (end <= until && steady(run, millis - t0)) {
                (millis < settled ? past : newest).add(curve.usersAt(end - t0), atWork);
            }
        });
        openMillis = Math.max(openMillis, settled);
        return new Evidence.Attendance(past.wanted + newest.wanted, past.present + newest.present);
    }

    /** Whether no stage begins around the second that begins so long after the load. */
    private static boolean steady(Run run, long afterMillis) {
        return run.load.stages.stream()
                .map(LoadStage::atMillis)
                .noneMatch(at -> afterMillis < at + SETTLING_MILLIS && afterMillis + 1000 + COUNTING_MILLIS > at);
    }
}
