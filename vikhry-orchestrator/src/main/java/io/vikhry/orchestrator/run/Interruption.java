package io.vikhry.orchestrator.run;

/**
 * A time in which a run was not led, or not all of it was at work; or several of one kind, added up.
 *
 * @param fromMillis when it began, cluster time in ms since 1970
 * @param toMillis when it was over
 * @param what what had happened, for people
 * @param times how many are added up in it
 * @param millis how long they were together
 */
public record Interruption(long fromMillis, long toMillis, String what, int times, long millis) {
    static Interruption once(long fromMillis, long toMillis, String what) {
        return new Interruption(fromMillis, toMillis, what, 1, Math.max(0, toMillis - fromMillis));
    }

    /** Both, if {@code later} is of the same kind. */
    Interruption and(Interruption later) {
        return new Interruption(fromMillis, later.toMillis, what, times + later.times, millis + later.millis);
    }
}
