package io.vikhry.cluster;

/**
 * What all users of a run have in common: values that are computed once, and barriers that open once. Each call is one atomic
 * step in Redis; a user is known by its {@link Holder}.
 */
public final class Commons {
    /** How often a value may fail to be computed in a run. */
    public static final int FAILURES = 3;

    private final Redis redis;
    private final Keys keys;

    Commons(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    /** How a value stands. */
    public sealed interface Once {
        /** It is there. */
        record Value(String json) implements Once {}

        /** The user that asked is to compute it, and to {@link #settle} it. */
        record Compute() implements Once {}

        /** Somebody computes it now. */
        record Wait() implements Once {}

        /** It has failed too often; the last reason. */
        record Failed(String why) implements Once {}

        /** The user's run is over, or its worker's lease is lost. */
        record Void() implements Once {}
    }

    /** Asks for the value of {@code key}; the first to ask, and the first after one who failed or died, is to compute it. */
    public Once once(String key, Holder user) {
        Reply reply = redis.eval(
                Script.ONCE,
                new String[] {keys.once(user.runId()), keys.state(), keys.worker(user.workerId())},
                key,
                user.runId(),
                part(user),
                user.fence(),
                user.vu(),
                FAILURES,
                keys.workerPrefix());
        return switch (reply.text(0)) {
            case "VALUE" -> new Once.Value(reply.text(1));
            case "COMPUTE" -> new Once.Compute();
            case "WAIT" -> new Once.Wait();
            case "FAILED" -> new Once.Failed(reply.text(1));
            default -> new Once.Void();
        };
    }

    /** What came of computing. */
    public enum Outcome {
        /** The value is there. */
        VALUE,
        /** It failed; counted. */
        FAILED,
        /** Whoever computed it was ended; not counted. */
        LEFT
    }

    /** Says what came of computing; false if it was not this user's to compute any more. */
    public boolean settle(String key, Holder user, Outcome outcome, String text) {
        return redis.eval(
                        Script.ONCE_SETTLE,
                        new String[] {keys.once(user.runId())},
                        key,
                        part(user) + "|" + user.vu(),
                        outcome.name(),
                        text)
                .yes(0);
    }

    /**
     * How a barrier stands.
     *
     * @param came users that have come, over all workers
     * @param expected users that must come
     */
    public record Barrier(State state, long came, long expected) {
        /** Whether it is open. */
        public enum State {
            /** Open for good. */
            OPEN,
            /** Not all are there. */
            SHUT,
            /** The worker's run is over, or its lease is lost. */
            VOID
        }
    }

    /**
     * Says how many users of a worker stand at a barrier.
     *
     * @param worker the worker; its user does not count
     * @param came users of this worker that stand there
     * @param need users of the whole cluster that the load asks for
     * @param version the version of the assignment that says so; an older one than another worker's does not count
     */
    public Barrier barrier(String name, Holder worker, int came, int need, long version) {
        String run = worker.runId();
        Reply reply = redis.eval(
                Script.BARRIER,
                new String[] {
                    keys.barriers(run),
                    keys.barrier(run, name),
                    keys.gone(run),
                    keys.state(),
                    keys.worker(worker.workerId())
                },
                name,
                run,
                part(worker),
                worker.fence(),
                came,
                need,
                version,
                keys.workerPrefix());
        return new Barrier(Barrier.State.valueOf(reply.text(0)), reply.number(1), reply.number(2));
    }

    /** Says how many users of a worker are wanted, but have ended for good. */
    public void gone(Holder worker, int users) {
        redis.eval(
                Script.BARRIER_GONE,
                new String[] {keys.gone(worker.runId()), keys.state()},
                part(worker),
                users,
                worker.runId(),
                Lifecycle.KEEP_RUN_MILLIS);
    }

    private static String part(Holder holder) {
        return holder.workerId() + "|" + holder.fence();
    }
}
