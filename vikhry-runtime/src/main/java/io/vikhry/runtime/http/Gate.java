package io.vikhry.runtime.http;

/** The check on the path of every request: whether this worker may still send. */
@FunctionalInterface
public interface Gate {
    /** A gate that is always open. */
    Gate OPEN = () -> {};

    /**
     * Returns when a request may be sent: at once as a rule; parks while the worker's lease is in doubt. Called on the user's
     * thread before each request and each hop of a redirect, before its clock starts.
     *
     * @throws RuntimeException where no request may be sent any more; it goes on to the scenario
     */
    void pass();

    /**
     * Whether {@link #pass} would return at once because of nothing but the worker's right to send. Asked on the loop before a
     * request is sent that had to wait for its connection; where it says no, the user passes again. Does not block.
     */
    default boolean isOpen() {
        return true;
    }
}
