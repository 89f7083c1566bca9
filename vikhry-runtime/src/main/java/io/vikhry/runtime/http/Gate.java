package io.vikhry.runtime.http;

/** The check on the path of every request: whether this worker may still send, and whether it may send now. */
@FunctionalInterface
public interface Gate {
    /** A gate that is always open. */
    Gate OPEN = () -> 0;

    /**
     * Returns when a request may be sent: at once as a rule; parks while the worker's lease is in doubt, or while the run's limit
     * of requests per second is used up. Called on the user's thread before each request and each hop of a redirect, before its
     * clock starts.
     *
     * @return how long the limit held the request back, in ns: a part of its response time, not of its service time
     * @throws RuntimeException where no request may be sent any more; it goes on to the scenario
     */
    long pass();

    /**
     * Whether {@link #pass} would return at once because of nothing but the worker's right to send. Asked on the loop before a
     * request is sent that had to wait for its connection; where it says no, the user passes again. Does not block.
     */
    default boolean isOpen() {
        return true;
    }
}
