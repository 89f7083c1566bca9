package io.vikhry.orchestrator.http;

/**
 * When a second's tick is due: as soon as every worker has told of the second that has just ended, and {@value #LATEST_MILLIS} ms after
 * its end even if one has not. So what the page shows is a little more than a second old when the next tick comes; at any other phase
 * it could be two.
 *
 * <p>For one thread. Times are cluster time in ms since 1970, by which workers end their seconds too.
 */
final class Beat {
    static final long LATEST_MILLIS = 700;
    /** Nobody's batch is here sooner. */
    static final long SOONEST_MILLIS = 20;

    private static final long LOOK_MILLIS = 20;

    private long toldSecond;

    /** The second under way at {@code nowMillis} is taken as told of. */
    Beat(long nowMillis) {
        toldSecond = Math.floorDiv(nowMillis, 1000L);
    }

    /**
     * How long to wait and ask again; 0 if a tick is due now, which is then taken as sent.
     *
     * @param completeUntil the end of the newest second that every worker has told of; {@link Long#MAX_VALUE} if none is awaited
     */
    long millisLeft(long nowMillis, long completeUntil) {
        long second = Math.floorDiv(nowMillis, 1000L);
        long into = Math.floorMod(nowMillis, 1000L);
        // Not "earlier": a clock that was set back must not silence it.
        if (second == toldSecond) {
            return 1000 - into + SOONEST_MILLIS;
        }
        if (into < SOONEST_MILLIS) {
            return SOONEST_MILLIS - into;
        }
        if (completeUntil < second * 1000 && into < LATEST_MILLIS) {
            return Math.min(LOOK_MILLIS, LATEST_MILLIS - into);
        }
        toldSecond = second;
        return 0;
    }
}
