package io.vikhry.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What runs and who runs it. */
public final class Plans {
    private final Redis redis;
    private final Keys keys;

    Plans(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    /** The plan of a run, if Redis has it still. */
    public Optional<RunPlan> plan(String runId) {
        return read(keys.plan(Names.check("run", runId)), RunPlan.class);
    }

    /** The newest assignment of a run, with everybody's share. */
    public Optional<Assignment> assignment(String runId) {
        String key = keys.assignment(Names.check("run", runId));
        return Optional.ofNullable(Dealt.read(redis.call(r -> r.hgetall(key)), key));
    }

    /** The newest assignment of a run, with no share but that of one worker: what a worker needs, whoever else there is. */
    public Optional<Assignment> assignment(String runId, String workerId) {
        String key = keys.assignment(Names.check("run", runId));
        Map<String, byte[]> fields = new HashMap<>();
        redis.call(r -> r.hmget(key, Dealt.fields(workerId)))
                .forEach(field -> field.ifHasValue(value -> fields.put(field.getKey(), value)));
        return Optional.ofNullable(Dealt.read(fields, key));
    }

    /** Replaces the assignment of the current run by one with a higher version. Tell the workers with {@link Commands#lookAgain}. */
    public Transition assign(LeaderLease leader, Assignment assignment) {
        Names.check("run", assignment.runId());
        List<Object> args =
                new ArrayList<>(List.of(leader.token(), assignment.epoch(), assignment.runId(), assignment.version()));
        args.addAll(Dealt.arguments(assignment));
        return redis.eval(
                        Script.ASSIGN,
                        new String[] {keys.state(), keys.leader(), keys.assignment(assignment.runId())},
                        args.toArray())
                .transition();
    }

    /**
     * Keeps what the next leader of a run must know beside its plan and its assignment; of no meaning to anybody else. It may be
     * noted before the run begins.
     *
     * @return false if {@code leader} does not lead any more
     */
    public boolean note(LeaderLease leader, String runId, byte[] course) {
        Names.check("run", runId);
        return redis.eval(
                        Script.NOTE,
                        new String[] {keys.course(runId), keys.leader(), keys.state()},
                        leader.token(),
                        runId,
                        course,
                        Lifecycle.KEEP_RUN_MILLIS)
                .yes(0);
    }

    /** What the last leader of a run has noted. */
    public Optional<byte[]> course(String runId) {
        return Optional.ofNullable(redis.call(r -> r.get(keys.course(Names.check("run", runId)))));
    }

    private <T> Optional<T> read(String key, Class<T> type) {
        return Optional.ofNullable(redis.call(r -> r.get(key))).map(json -> Json.read(json, type, key));
    }
}
