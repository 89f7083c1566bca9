package io.vikhry.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * "Look again", said to workers. A command carries nothing but a reason for people: state is what counts, so a lost command
 * costs no more than the time to the next renewal, and one that comes twice costs nothing.
 */
public final class Commands {
    /** The reason that comes with a {@link Halt}: it is worth a look before everything else. */
    public static final String HALT = "halt";

    static final int LONGEST = 100;
    static final long KEEP_MILLIS = Duration.ofHours(1).toMillis();

    private final Redis redis;
    private final Keys keys;

    Commands(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    /** Tells workers to read the state again. */
    public void lookAgain(Collection<String> workerIds, String reason) {
        if (workerIds.isEmpty()) {
            return;
        }
        List<Object> args = new ArrayList<>(List.of(keys.workerPrefix(), reason, LONGEST, KEEP_MILLIS));
        workerIds.forEach(id -> args.add(Names.check("worker id", id)));
        redis.eval(Script.LOOK, new String[] {keys.state()}, args.toArray());
    }

    /**
     * Calls {@code heard} with the reason of each command to a worker from now on, on a thread of its own with a connection of
     * its own, through disconnects, until closed.
     */
    public Following follow(String workerId, Consumer<String> heard) {
        return new Following(redis, keys.commands(Names.check("worker id", workerId)), heard);
    }
}
