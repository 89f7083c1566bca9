package io.vikhry.orchestrator.metrics;

/**
 * Arrivals of a run of the open model; {@code intended} is the sum of {@code started}, {@code unstarted} and {@code missing}.
 *
 * @param intended whose time has come
 * @param started that a user has begun to serve
 * @param completed that were served
 * @param unstarted that wait, or, once the run has ended, that never started
 * @param missing of which nobody has told: they were due at a worker that died, before others had its part
 */
public record ArrivalTotals(long intended, long started, long completed, long unstarted, long missing) {
    /** What workers have told: these, with the rest unstarted. */
    static ArrivalTotals told(long intended, long started, long completed) {
        return new ArrivalTotals(intended, started, completed, Math.max(0, intended - started), 0);
    }

    /** These, and so many of which nobody has told. */
    public ArrivalTotals and(long lost) {
        return new ArrivalTotals(intended + lost, started, completed, unstarted, lost);
    }
}
