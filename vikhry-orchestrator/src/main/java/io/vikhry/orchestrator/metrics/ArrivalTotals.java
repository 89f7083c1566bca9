package io.vikhry.orchestrator.metrics;

/**
 * Arrivals of a run of the open model.
 *
 * @param intended whose time has come
 * @param started that a user has begun to serve
 * @param completed that were served
 * @param unstarted that wait, or, once the run has ended, that never started
 */
public record ArrivalTotals(long intended, long started, long completed, long unstarted) {
    /** These, with the rest unstarted. */
    static ArrivalTotals of(long intended, long started, long completed) {
        return new ArrivalTotals(intended, started, completed, Math.max(0, intended - started));
    }

    /** These, with at least so many intended. */
    public ArrivalTotals intending(long atLeast) {
        return of(Math.max(intended, atLeast), started, completed);
    }
}
