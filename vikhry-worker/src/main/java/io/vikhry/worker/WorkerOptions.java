package io.vikhry.worker;

import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.vu.VuOptions;
import java.time.Duration;

/**
 * What a worker must know to join.
 *
 * @param redisUrl the cluster's Redis, with its password if it has one
 * @param cluster the cluster's name
 * @param workerId its name in the cluster: 1 to 128 of {@code A-Z a-z 0-9 _ . : -}
 * @param engine how its users run
 * @param vus how users are started and ended
 * @param factoryTimeout how long a resource factory may take for one item
 */
public record WorkerOptions(
        String redisUrl,
        String cluster,
        String workerId,
        EngineOptions engine,
        VuOptions vus,
        Duration factoryTimeout) {

    /** With an engine on all cores, and 30 s for a factory. */
    public static WorkerOptions of(String redisUrl, String cluster, String workerId) {
        return new WorkerOptions(
                redisUrl, cluster, workerId, EngineOptions.defaults(), VuOptions.DEFAULT, Duration.ofSeconds(30));
    }

    /** These, with another engine. */
    public WorkerOptions withEngine(EngineOptions options) {
        return new WorkerOptions(redisUrl, cluster, workerId, options, vus, factoryTimeout);
    }

    /** These, with other ways to start and end users. */
    public WorkerOptions withVus(VuOptions options) {
        return new WorkerOptions(redisUrl, cluster, workerId, engine, options, factoryTimeout);
    }

    /** These, with another limit for factories. */
    public WorkerOptions withFactoryTimeout(Duration timeout) {
        return new WorkerOptions(redisUrl, cluster, workerId, engine, vus, timeout);
    }
}
