package io.vikhry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.cli.local.Child;
import io.vikhry.cli.local.Home;
import io.vikhry.cli.local.Infra;
import io.vikhry.cli.local.Ports;
import io.vikhry.cli.local.RecordedProcess;
import io.vikhry.cli.remote.Api;
import io.vikhry.cli.screen.Screen;
import io.vikhry.redis.Choice;
import io.vikhry.redis.LocalRedis;
import io.vikhry.redis.RunningRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brings a local cluster up, all of it or nothing, and down again. */
final class InfraStart {
    private static final Duration WORKERS_LIMIT = Duration.ofSeconds(120);
    private static final Duration LOOK = Duration.ofMillis(20);

    private InfraStart() {}

    static void up(Home home, int count, String scenario, int port, String cluster, RedisFrom from, Screen screen) {
        home.read(Infra.STATE, Infra.class).ifPresent(before -> {
            if (before.anyAlive()) {
                throw Failure.environment(
                        "a cluster is up already at " + before.orchestrator().url() + ": `vikhry infra down` stops it");
            }
            down(home, before); // what a reboot or a kill has left
        });
        Ports.requireFree("127.0.0.1", port);
        Interrupt.watch();
        Optional<RunningRedis> shared =
                from.choice == Choice.AUTO && from.url == null ? InfraRedisCommand.running(home) : Optional.empty();
        RunningRedis redis = shared.orElseGet(() -> LocalRedis.start(
                        from.choice,
                        home.folder("infra-redis"),
                        from.setup().outliving().withContainer("vikhry-redis-infra"))
                .running());
        List<Child> children = new ArrayList<>();
        boolean done = false;
        try {
            screen.line("redis         " + redis.how());
            Map<String, String> environment = Map.of("VIKHRY_REDIS_URL", redis.url());
            String file = absolute(scenario);
            Child orchestrator = Child.detached(
                    "orchestrator",
                    home.log("infra-orchestrator"),
                    environment,
                    OrchestratorCommand.arguments(cluster, "127.0.0.1", port, file));
            children.add(orchestrator);
            List<Child> workers = new ArrayList<>();
            for (int i = 1; i <= count; i++) {
                String id = "worker-" + i;
                Child worker =
                        Child.detached(id, home.log("infra-" + id), environment, WorkerCommand.arguments(cluster, id));
                children.add(worker);
                workers.add(worker);
            }
            screen.live("starting the orchestrator and " + count + " workers…");
            orchestrator.awaitReady(OrchestratorCommand.READY_LIMIT);
            screen.line("orchestrator  " + screen.bold(orchestrator.url() + "/"));
            screen.live("waiting for " + count + " workers…");
            workers.forEach(worker -> worker.awaitReady(WorkerCommand.READY_LIMIT));
            Api api = new Api(orchestrator.url());
            awaitWorkers(api, count, children);
            screen.line("workers       " + count + " ready");
            home.write(
                    Infra.STATE,
                    new Infra(
                            cluster,
                            file,
                            redis,
                            shared.isPresent(),
                            orchestrator.recorded(),
                            workers.stream().map(Child::recorded).toList()));
            done = true;
            screen.line(screen.dim("logs          " + home.folder("logs")));
            screen.line("next          vikhry test start --users 10, and `vikhry infra down` at the end");
        } finally {
            screen.clear();
            if (!done) {
                children.reversed().forEach(Child::close);
                if (shared.isEmpty()) {
                    redis.stop();
                }
            }
        }
    }

    /** Ready means: the orchestrator is, and {@code count} workers have the scenario loaded. */
    static void awaitWorkers(Api api, int count, List<Child> children) {
        long deadline = System.nanoTime() + WORKERS_LIMIT.toNanos();
        while (true) {
            children.forEach(Child::requireAlive);
            int ready = 0;
            for (JsonNode worker : api.get("/api/v1/workers").path("workers")) {
                if (worker.path("error").isTextual()) {
                    throw Failure.of(
                            Failure.SCENARIO,
                            "worker " + worker.path("id").asText() + ": "
                                    + worker.path("error").asText());
                }
                ready += worker.path("healthy").asBoolean()
                                && worker.path("phase").asText().equals("READY")
                        ? 1
                        : 0;
            }
            if (ready >= count && api.ready()) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw Failure.environment(ready + " of " + count + " workers were ready within "
                        + WORKERS_LIMIT.toSeconds() + " s: see their logs");
            }
            Interrupt.sleepOrFail(LOOK);
        }
    }

    /** Stops what is left of a cluster; the names of those that had to be killed. */
    static List<String> down(Home home, Infra infra) {
        List<String> forced = new ArrayList<>();
        List<RecordedProcess> workers = infra.workers();
        workers.parallelStream().forEach(worker -> {
            if (!worker.stop(WorkerCommand.STOP_LIMIT)) {
                synchronized (forced) {
                    forced.add(worker.name());
                }
            }
        });
        if (!infra.orchestrator().stop(OrchestratorCommand.STOP_LIMIT)) {
            forced.add(infra.orchestrator().name());
        }
        if (!infra.redisShared()) {
            infra.redis().stop();
        }
        home.forget(Infra.STATE);
        return forced;
    }

    /** A child may be asked later from elsewhere: the file is named in full. */
    static String absolute(String scenario) {
        int end = scenario.endsWith(".java") || scenario.endsWith(".jar") ? -1 : scenario.lastIndexOf(':');
        String file = end < 0 ? scenario : scenario.substring(0, end);
        return Path.of(file).toAbsolutePath() + (end < 0 ? "" : scenario.substring(end));
    }
}
