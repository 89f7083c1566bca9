package io.vikhry.cli.local;

import io.vikhry.redis.RunningRedis;
import java.util.List;

/**
 * The local infrastructure that {@code infra up} started, as its state file remembers it.
 *
 * @param cluster the cluster's name
 * @param scenario as it was given
 * @param redis its Redis
 * @param redisShared whether the Redis was there before, so that it is not stopped
 * @param orchestrator the orchestrator's process
 * @param workers the workers' processes
 */
public record Infra(
        String cluster,
        String scenario,
        RunningRedis redis,
        boolean redisShared,
        RecordedProcess orchestrator,
        List<RecordedProcess> workers) {
    /** The name of its state file. */
    public static final String STATE = "infra";

    public Infra {
        workers = List.copyOf(workers);
    }

    /** Whether anything of it still runs. */
    public boolean anyAlive() {
        return orchestrator.alive() || workers.stream().anyMatch(RecordedProcess::alive);
    }
}
