package io.vikhry.runtime.vu;

import io.vikhry.runtime.load.ArrivalSchedule;
import io.vikhry.runtime.load.LoadCurve;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The arrivals of one line: by one schedule after another, as arrivals are dealt anew.
 *
 * <p>All workers change parts at the same time of the run, a moment ahead, so that no arrival is left out or comes twice; more than
 * one such time may be ahead. Times are in ns after the run's t0. For one thread.
 */
final class Timetable {
    private LoadCurve rate = LoadCurve.ZERO;
    private @Nullable ArrivalSchedule present;
    /** What follows, ascending by time. */
    private final ArrayDeque<Turn> ahead = new ArrayDeque<>();
    /** The part dealt last. */
    private ArrivalSchedule.@Nullable Part part;

    /** Made a schedule when its time has come: how many arrivals were due before, the rate says that holds then. */
    private record Turn(long nanos, ArrivalSchedule.Part part, long seed) {}

    /** Whether nothing is to be served any more. */
    boolean isEmpty() {
        return present == null;
    }

    /** From now on nothing is to be served. */
    void clear() {
        present = null;
        ahead.clear();
        part = null;
    }

    /**
     * Goes on by this rate, and from {@code sinceNanos} on with this part of it. Who hears of a part only after that time has been
     * releasing by its old one, and changes now.
     */
    void follow(LoadCurve newest, ArrivalSchedule.Part dealt, long sinceNanos, long nowNanos, long seed) {
        rate = newest;
        ArrivalSchedule schedule = present;
        if (schedule == null) {
            present = schedule(new Turn(sinceNanos, dealt, seed));
        } else {
            schedule.follow(newest);
            if (!dealt.equals(part)) {
                Turn turn = new Turn(Math.max(sinceNanos, nowNanos), dealt, seed);
                ahead.removeIf(other -> other.nanos >= turn.nanos);
                ahead.add(turn);
            }
        }
        part = dealt;
    }

    private ArrivalSchedule schedule(Turn turn) {
        return new ArrivalSchedule(rate, turn.part, turn.nanos, new SplittableRandom(turn.seed));
    }

    /**
     * When the next arrival is due, by the schedule of its time, or {@link ArrivalSchedule#NEVER}; where that hangs on a part that
     * is ahead, when to ask again. What is not later than {@code nowNanos} is an arrival.
     */
    long nextNanos(long nowNanos) {
        ArrivalSchedule schedule = present;
        if (schedule == null) {
            return ArrivalSchedule.NEVER;
        }
        long next = schedule.nextNanos();
        Turn turn = ahead.peek();
        while (turn != null && next >= turn.nanos) {
            if (turn.nanos > nowNanos) {
                return turn.nanos;
            }
            ahead.remove();
            ArrivalSchedule following = schedule(turn);
            present = following;
            next = following.nextNanos();
            turn = ahead.peek();
        }
        return next;
    }

    /** The one that {@link #nextNanos} told has come. */
    void advance() {
        ArrivalSchedule schedule = present;
        if (schedule != null) {
            schedule.advance();
        }
    }
}
