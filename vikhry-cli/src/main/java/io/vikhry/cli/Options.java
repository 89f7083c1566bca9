package io.vikhry.cli;

import io.vikhry.cli.local.CompilerProcess;
import io.vikhry.cli.local.Home;
import io.vikhry.cli.local.Infra;
import io.vikhry.cli.local.RecordedProcess;
import io.vikhry.cli.remote.Limits;
import io.vikhry.cli.remote.Load;
import io.vikhry.cluster.Cluster;
import io.vikhry.redis.Choice;
import io.vikhry.redis.RunningRedis;
import io.vikhry.redis.Setup;
import io.vikhry.runtime.http.AllowedHosts;
import io.vikhry.runtime.scenario.DurationText;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ScenarioBundle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Options that several commands share, and how their values are read. */
final class Options {
    static final int MAX_USERS = 1_000_000;
    static final double MAX_RATE = 10_000_000;
    private static final String CLUSTER = "Default: that of the cluster started here, else default";

    private Options() {}

    /** {@code 30s}, {@code 500ms}; a bare number is refused, because nobody knows its unit. */
    static Duration duration(String text) {
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    static ParameterException missingCommand(@Nullable CommandSpec spec) {
        CommandLine command = spec == null ? Vikhry.commandLine() : spec.commandLine();
        return new ParameterException(command, "say what to do: " + String.join(", ", visible(command)));
    }

    private static Iterable<String> visible(CommandLine command) {
        return command.getSubcommands().entrySet().stream()
                .filter(e -> !e.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
    }

    static void requireUsers(int users) {
        if (users < 0 || users > MAX_USERS) {
            throw Failure.usage("--users must be 0 to 1000000, not " + users);
        }
    }

    static void requireRate(double rate) {
        if (!(rate >= 0 && rate <= MAX_RATE)) {
            throw Failure.usage("--rate must be 0 to 10000000 arrivals per second, not " + rate);
        }
    }

    /** Compiles and checks a scenario, before anything is started; its parameters come with the run. */
    static void check(String scenario) {
        LoadedScenario.load(CompilerProcess.bundle(scenario)).close();
    }

    /** Compiles and checks a scenario and the parameters for it, before anything is started. */
    static ScenarioBundle check(String scenario, Map<String, String> params) {
        ScenarioBundle bundle = CompilerProcess.bundle(scenario);
        try (LoadedScenario loaded = LoadedScenario.load(bundle)) {
            loaded.params().parse(params);
        }
        return bundle;
    }

    /** Where a Redis comes from. */
    static final class RedisFrom {
        @Option(
                names = "--redis",
                paramLabel = "WHERE",
                defaultValue = "auto",
                description =
                        "auto, url, path, bundled or docker. auto: --redis-url if given, else redis-server or"
                                + " valkey-server 7+ on the PATH, else the bundled one, else a container. Default: ${DEFAULT-VALUE}")
        Choice choice = Choice.AUTO;

        @Option(
                names = "--redis-url",
                paramLabel = "URL",
                description = "A Redis that runs already: redis://:password@host:port")
        @Nullable String url;

        @Option(
                names = "--redis-port",
                paramLabel = "PORT",
                defaultValue = "0",
                description = "The port of a Redis that is started; 0 takes a free one. Default: ${DEFAULT-VALUE}")
        int port;

        Setup setup() {
            if (port < 0 || port > 65_535) {
                throw Failure.usage("--redis-port must be 0 to 65535, not " + port);
            }
            if (url != null && choice != Choice.AUTO && choice != Choice.URL) {
                throw Failure.usage("--redis-url and --redis " + choice + " contradict each other: give one of them");
            }
            return Setup.DEFAULT.withUrl(url).withPort(port);
        }
    }

    /** How much load. */
    static final class LoadOf {
        @Option(
                names = {"-u", "--users"},
                paramLabel = "N",
                description =
                        "0 to 1,000,000. With --rate: users that begin with the load; more come as they are needed.")
        @Nullable Integer users;

        @Option(
                names = {"-r", "--rate"},
                paramLabel = "R",
                description = "Arrivals per second, whoever is free: the open model. Each is one step of one user.")
        @Nullable Double rate;

        @Option(names = "--poisson", description = "With --rate: arrivals at random. Default: evenly spaced.")
        boolean poisson;

        @Option(
                names = "--max-users",
                paramLabel = "N",
                description = "Users there may be at most, now and after every change. Default with --rate: 10000.")
        @Nullable Integer maxUsers;

        Load checked() {
            if (rate == null) {
                if (users == null) {
                    throw Failure.usage("give --users N, or --rate R for arrivals per second");
                }
                if (poisson) {
                    throw Failure.usage("--poisson goes with --rate");
                }
            } else {
                requireRate(rate);
            }
            if (users != null) {
                requireUsers(users);
            }
            if (maxUsers != null && (maxUsers < 1 || maxUsers > MAX_USERS)) {
                throw Failure.usage("--max-users must be 1 to 1000000, not " + maxUsers);
            }
            if (maxUsers != null && users != null && users > maxUsers) {
                throw Failure.usage("--users " + users + " are more than --max-users " + maxUsers);
            }
            return new Load(users, rate, poisson, maxUsers);
        }
    }

    /** What the run may not do. */
    static final class Safety {
        private static final int MAX_RPS = 10_000_000;

        @Option(
                names = "--allow-host",
                paramLabel = "HOST[:PORT]",
                description =
                        "Requests may go there, and to others named so, alone; *.example.test for all below a domain."
                                + " Default: anywhere.")
        List<String> hosts = new ArrayList<>();

        @Option(
                names = "--max-rps",
                paramLabel = "N",
                description = "Requests that may begin in a second in the whole cluster; further ones wait.")
        @Nullable Integer maxRps;

        @Option(
                names = "--dead-man",
                paramLabel = "TIME",
                description = "Without an orchestrator, workers stop after this time. Default: 60s.")
        @Nullable Duration deadMan;

        Limits checked(Load load) {
            try {
                AllowedHosts.of(hosts);
            } catch (IllegalArgumentException e) {
                throw Failure.usage("--allow-host: " + e.getMessage());
            }
            if (maxRps != null && (maxRps < 1 || maxRps > MAX_RPS)) {
                throw Failure.usage("--max-rps must be 1 to 10000000, not " + maxRps);
            }
            if (deadMan != null && (!deadMan.isPositive() || deadMan.compareTo(Duration.ofDays(1)) > 0)) {
                throw Failure.usage("--dead-man must be longer than 0 and 24 h at most");
            }
            return new Limits(hosts, load.maxUsers(), maxRps, deadMan);
        }
    }

    /** Scenario parameters. */
    static final class Params {
        @Option(
                names = {"--param", "--init-param"},
                paramLabel = "NAME=VALUE",
                description = "A @Param of the scenario; may be given again for others.")
        Map<String, String> values = new LinkedHashMap<>();
    }

    /** Where the orchestrator is. */
    static final class OrchestratorAt {
        @Option(
                names = "--orchestrator-url",
                paramLabel = "URL",
                description =
                        "Default: the one started here, else $$VIKHRY_ORCHESTRATOR_URL, else http://127.0.0.1:8080")
        @Nullable String url;

        String resolve(Home home) {
            if (url != null) {
                return url;
            }
            String fromEnvironment = System.getenv("VIKHRY_ORCHESTRATOR_URL");
            return home.read(Infra.STATE, Infra.class)
                    .map(Infra::orchestrator)
                    .or(() -> home.read("orchestrator", RecordedProcess.class))
                    .map(RecordedProcess::url)
                    .orElse(fromEnvironment == null ? "http://127.0.0.1:8080" : fromEnvironment);
        }
    }

    /** The Redis to write to for a kill, where one is known. */
    static final class KillAt {
        @Option(
                names = "--redis-url",
                paramLabel = "URL",
                description = "Default: the Redis started here, else $$VIKHRY_REDIS_URL, else it asks the orchestrator")
        @Nullable String redisUrl;

        @Option(names = "--cluster", paramLabel = "NAME", description = CLUSTER)
        @Nullable String cluster;

        Optional<String> resolve(Home home) {
            return redisUrl != null ? Optional.of(redisUrl) : knownRedis(home);
        }

        String cluster(Home home) {
            return Options.cluster(cluster, redisUrl, home);
        }
    }

    /** The name that was given; else that of the cluster started here, where its Redis is meant. */
    private static String cluster(@Nullable String given, @Nullable String redisUrl, Home home) {
        if (given != null) {
            requireName(given);
            return given;
        }
        String url = redisUrl == null ? System.getenv("VIKHRY_REDIS_URL") : redisUrl;
        return home.read(Infra.STATE, Infra.class)
                .filter(here -> url == null || url.equals(here.redis().url()))
                .map(Infra::cluster)
                .orElse("default");
    }

    private static void requireName(String cluster) {
        Cluster.faultOf(cluster).ifPresent(fault -> {
            throw Failure.usage("--cluster: " + fault);
        });
    }

    /** The Redis that the environment names, or that was started here. */
    private static Optional<String> knownRedis(Home home) {
        String fromEnvironment = System.getenv("VIKHRY_REDIS_URL");
        if (fromEnvironment != null) {
            return Optional.of(fromEnvironment);
        }
        return home.read(Infra.STATE, Infra.class)
                .map(Infra::redis)
                .or(() -> home.read(InfraRedisCommand.STATE, RunningRedis.class))
                .map(RunningRedis::url);
    }

    /** The Redis and the name of the cluster to join. */
    static final class ClusterAt {
        @Option(
                names = "--redis-url",
                paramLabel = "URL",
                description = "Default: the Redis started here, else $$VIKHRY_REDIS_URL, else redis://127.0.0.1:6379")
        @Nullable String redisUrl;

        @Option(names = "--cluster", paramLabel = "NAME", description = CLUSTER)
        @Nullable String cluster;

        String cluster(Home home) {
            return Options.cluster(cluster, redisUrl, home);
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
