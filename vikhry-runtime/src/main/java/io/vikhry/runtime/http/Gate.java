package io.vikhry.runtime.http;

/**
 * The check on the path of every request: whether this worker may still send, and whether it may send now.
 *
 * <p>A request {@linkplain #pass passes} before its clock starts. Right before its bytes go out, on the loop, it is asked again
 * where it had to wait for its connection meanwhile, and always where there is a limit of requests per second: a place in that is
 * taken there and nowhere else, and a request that is sent anew takes another. One that gets none goes back to its user, who
 * {@linkplain #awaitPlace waits for a place}.
 */
@FunctionalInterface
public interface Gate {
    /** A gate that is always open. */
    Gate OPEN = () -> {};

    /** What {@link #openNow} says where it is not. */
    long SHUT = Long.MIN_VALUE;

    /**
     * Returns when this worker may send: at once as a rule; parks while its lease is in doubt. Called on the user's thread before
     * each request and each hop of a redirect.
     *
     * @throws RuntimeException where no request may be sent any more; it goes on to the scenario
     */
    void pass();

    /**
     * The time now, {@link System#nanoTime}, if {@link #pass} would return at once: so that who passes and takes the time reads the
     * clock once. {@link #SHUT} where it would not, or where that takes more than a look.
     */
    default long openNow() {
        return SHUT;
    }

    /** Whether {@link #pass} would return at once. Does not block. */
    default boolean isOpen() {
        return true;
    }

    /** Whether there is a limit of requests per second, so that each needs a place. */
    default boolean isLimited() {
        return false;
    }

    /** Takes a place for a request that goes out now, if there is one and nobody waits for it. On the loop; does not block. */
    default boolean takePlace() {
        return true;
    }

    /**
     * Waits for a place and takes it, for a request that goes out at once. On the user's thread.
     *
     * @param again whether the request has waited for one before, and so need not wait behind others
     * @return how long the limit held the request back, in ns: a part of its response time, not of its service time
     * @throws RuntimeException where no request may be sent any more
     */
    default long awaitPlace(boolean again) {
        return 0;
    }
}
