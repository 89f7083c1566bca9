package io.vikhry.runtime.vu;

/**
 * Arrivals of the open model so far.
 *
 * @param intended whose time has come
 * @param started that a user has begun to serve; the others wait: they are the debt
 * @param completed that were served
 */
public record ArrivalCounts(long intended, long started, long completed) {
    /** Nothing has arrived. */
    public static final ArrivalCounts NONE = new ArrivalCounts(0, 0, 0);

    /** Arrivals that wait. */
    public long debt() {
        return Math.max(0, intended - started);
    }

    /** The sum. */
    public ArrivalCounts plus(ArrivalCounts other) {
        return new ArrivalCounts(intended + other.intended, started + other.started, completed + other.completed);
    }
}
