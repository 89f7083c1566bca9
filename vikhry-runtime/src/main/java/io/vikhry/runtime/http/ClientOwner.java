package io.vikhry.runtime.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Loop;

/** The VU that a client belongs to, as far as the client needs it. Called on the VU's thread, or a child of it. */
public interface ClientOwner {
    /** Where the loops' channels come from. */
    Engine engine();

    /** The loop of the VU; its recorder takes the samples. */
    Loop loop();

    /** The name of the step that runs, empty outside steps. The same {@code String} object for the same step is fastest. */
    String step();

    /** How much later than intended the step began, in ns, 0 or more: added to the service time to make the response time. */
    long latenessNanos();

    /**
     * Whether the interrupt that the caller has met means that its step's time is over: the request then counts as one that
     * timed out, not as one that was cancelled.
     */
    default boolean isTimeUp() {
        return false;
    }

    /**
     * Whether the caller was interrupted, though its mark may be gone: an exception says so, which need not be right. By default
     * that is believed.
     */
    default boolean wasInterrupted() {
        return true;
    }

    /** What each request must pass. */
    Gate gate();

    /** Whether requests may go to {@code host}, in lower case as a URL has it, and that port; asked once for each origin of a client. */
    default boolean mayCall(String host, int port) {
        return true;
    }

    /** What its clients share with those of the other users of its run and loop; by default with nobody. */
    default Repertoires repertoires() {
        return new Repertoires();
    }

    /** Takes note of a client, to be closed when the VU ends. */
    void closeAtEnd(AutoCloseable client);

    /** A client was closed before that: it need not be kept for it. */
    default void forget(AutoCloseable client) {}

    /** Reads and writes JSON bodies. It remembers the scenario's classes, so each scenario should have one of its own. */
    default ObjectMapper json() {
        return SharedJson.MAPPER;
    }

    /** Whether its requests are part of the run's results; those of a resource factory are not, and nothing is recorded. */
    default boolean measured() {
        return true;
    }
}
