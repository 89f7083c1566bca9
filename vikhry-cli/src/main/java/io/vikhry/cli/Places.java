package io.vikhry.cli;

import io.vikhry.cli.local.Home;
import io.vikhry.cli.local.Infra;
import io.vikhry.cli.local.RecordedProcess;
import io.vikhry.cluster.Cluster;
import io.vikhry.redis.RunningRedis;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a cluster is that runs already: what an option names, else the environment, else what was started here. */
final class Places {
    private static final String CLUSTER = "Default: that of the cluster started here, else default";

    private Places() {}

    /** Where the orchestrator is. */
    static final class OrchestratorAt {
        @Option(
                names = "--orchestrator-url",
                paramLabel = "URL",
                converter = Values.OrchestratorUrl.class,
                description =
                        "Default: $$VIKHRY_ORCHESTRATOR_URL, else the one started here, else http://127.0.0.1:8080")
        @Nullable String url;

        String resolve(Home home) {
            if (url != null) {
                return url;
            }
            return environments().or(() -> startedHere(home)).orElse("http://127.0.0.1:8080");
        }

        /** Whether one is named that is not the one started here. */
        boolean isElsewhere(Home home) {
            Optional<String> named = url == null ? environments() : Optional.of(url);
            return named.isPresent() && !named.equals(startedHere(home));
        }

        private static Optional<String> environments() {
            return Values.environment("VIKHRY_ORCHESTRATOR_URL", new Values.OrchestratorUrl());
        }

        private static Optional<String> startedHere(Home home) {
            return home.read(Infra.STATE, Infra.class)
                    .map(Infra::orchestrator)
                    .or(() -> home.read(OrchestratorCommand.STATE, RecordedProcess.class))
                    .map(RecordedProcess::url);
        }
    }

    /** The Redis to write to for a kill, where one is known. */
    static final class KillAt {
        @Option(
                names = "--redis-url",
                paramLabel = "URL",
                converter = Values.RedisOrSentinels.class,
                description = "Default: $$VIKHRY_REDIS_URL, else the Redis started here, else it asks the orchestrator;"
                        + " that at once where $$VIKHRY_ORCHESTRATOR_URL names another than the one started here")
        @Nullable String redisUrl;

        @Option(names = "--cluster", paramLabel = "NAME", description = CLUSTER)
        @Nullable String cluster;

        /** The Redis of the cluster that {@code orchestrator} leads: the one started here is not, where that is elsewhere. */
        Optional<String> resolve(Home home, OrchestratorAt orchestrator) {
            return Optional.ofNullable(redisUrl)
                    .or(Places::environmentsRedis)
                    .or(() -> orchestrator.isElsewhere(home) ? Optional.empty() : redisHere(home));
        }

        String cluster(Home home) {
            return Places.cluster(cluster, redisUrl, home);
        }
    }

    /** The name that was given; else that of the cluster started here, where its Redis is meant. */
    private static String cluster(@Nullable String given, @Nullable String redisUrl, Home home) {
        if (given != null) {
            requireName(given);
            return given;
        }
        String url = redisUrl == null ? environmentsRedis().orElse(null) : redisUrl;
        return home.read(Infra.STATE, Infra.class)
                .filter(here -> url == null || url.equals(here.redis().url()))
                .map(Infra::cluster)
                .orElse("default");
    }

    static void requireName(String cluster) {
        Cluster.faultOf(cluster).ifPresent(fault -> {
            throw Failure.usage("--cluster: " + fault);
        });
    }

    /** The Redis that the environment names, or that was started here. */
    private static Optional<String> knownRedis(Home home) {
        return environmentsRedis().or(() -> redisHere(home));
    }

    private static Optional<String> redisHere(Home home) {
        return home.read(Infra.STATE, Infra.class)
                .map(Infra::redis)
                .or(() -> home.read(InfraRedisCommand.STATE, RunningRedis.class))
                .map(RunningRedis::url);
    }

    private static Optional<String> environmentsRedis() {
        return Values.environment("VIKHRY_REDIS_URL", new Values.RedisOrSentinels());
    }

    /** The Redis and the name of the cluster to join. */
    static final class ClusterAt {
        @Option(
                names = "--redis-url",
                paramLabel = "URL",
                converter = Values.RedisOrSentinels.class,
                description = "Default: $$VIKHRY_REDIS_URL, else the Redis started here, else redis://127.0.0.1:6379")
        @Nullable String redisUrl;

        @Option(names = "--cluster", paramLabel = "NAME", description = CLUSTER)
        @Nullable String cluster;

        String cluster(Home home) {
            return Places.cluster(cluster, redisUrl, home);
        }

        /** A process that vikhry started is told by its environment, so that the password is on no command line. */
        String resolve(Home home) {
            if (redisUrl != null) {
                return redisUrl;
            }
            return knownRedis(home).orElse("redis://127.0.0.1:6379");
        }
    }
}
