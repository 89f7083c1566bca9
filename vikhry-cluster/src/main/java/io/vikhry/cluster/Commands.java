package io.vikhry.cluster;

import java.util.Collection;
import java.util.function.Consumer;

/**
 * "Look again", said to workers. A command carries nothing but a reason for people: state is what counts, so a lost command
 * costs no more than the time to the next renewal, and one that comes twice costs nothing.
 */
public interface Commands {
    /** Tells workers to read the state again. */
    void lookAgain(Collection<String> workerIds, String reason);

    /**
     * Calls {@code heard} with the reason of each command to a worker from now on, on a thread of its own with a connection of
     * its own, through disconnects, until closed.
     */
    Following follow(String workerId, Consumer<String> heard);

    /** A running follower; closing it waits for its thread, 3 s at most. */
    interface Following extends AutoCloseable {
        @Override
        void close();
    }
}
