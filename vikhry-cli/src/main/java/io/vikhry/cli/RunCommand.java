package io.vikhry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.cli.local.Beside;
import io.vikhry.cli.local.Child;
import io.vikhry.cli.local.Home;
import io.vikhry.cli.local.Ports;
import io.vikhry.cli.remote.Api;
import io.vikhry.cli.remote.RunControl;
import io.vikhry.cli.screen.Screen;
import io.vikhry.orchestrator.Orchestrator;
import io.vikhry.redis.LocalRedis;
import io.vikhry.runtime.scenario.ScenarioBundle;
import io.vikhry.worker.Worker;
import io.vikhry.worker.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A whole test in one command: starts what it needs, runs the load, reports, and leaves nothing running. */
@Command(
        name = "run",
        description =
                "A whole test in one command: starts what it needs, runs the load, reports, leaves nothing running.",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    @Option(
            names = "--scenario",
            paramLabel = "FILE",
            required = true,
            description = "ShopVU.java or app.jar:com.acme.ShopVU")
    String scenario = "";

    @Mixin
    LoadOf load = new LoadOf();

    @Option(names = "--duration", paramLabel = "TIME", required = true, description = "Such as 30s or 5m.")
    Duration duration = Duration.ZERO;

    @Option(
            names = "--ramp",
            paramLabel = "TIME",
            defaultValue = "0s",
            description = "Reach the users or the rate over this time. Default: ${DEFAULT-VALUE}")
    Duration ramp = Duration.ZERO;

    @Mixin
    Options.Params params = new Options.Params();

    @Mixin
    Safety safety = new Safety();

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Worker processes, 1 to 64. Default: one worker in this process, on all cores.")
    @Nullable Integer workers;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = Values.Port.class,
            defaultValue = "0",
            description = "The orchestrator's, 0 for a free one. Default: ${DEFAULT-VALUE}")
    int port;

    @Option(names = "--report-json", paramLabel = "FILE", description = "Write the report there.")
    @Nullable Path reportJson;

    @Mixin
    RedisFrom redis = new RedisFrom();

    @Override
    public Integer call() throws Exception {
        checkArguments();
        Ports.requireFree("127.0.0.1", port);
        Screen screen = Screen.standard();
        Home home = Home.current();
        String id = name();
        Interrupt.watch();
        Path redisDir = home.folder(id);
        // A server of its own takes its time to start, and the scenario takes the compiler's: neither waits for the
        // other.
        try (Beside<LocalRedis> starting =
                Beside.start("redis", () -> LocalRedis.start(redis.choice, redisDir, redis.setup()))) {
            ScenarioBundle bundle = Options.check(scenario, params.values);
            LocalRedis server = starting.await();
            Interrupt.failIfRequested();
            screen.line(screen.dim("redis  " + server.how()));
            int code = withWorkers(screen, home, server, id, bundle);
            if (code == 0) {
                home.forgetLogs(id);
            }
            return code;
        } finally {
            home.forgetEmptyLog(id);
            Files.deleteIfExists(redisDir.resolve("redis.conf"));
            Files.deleteIfExists(redisDir.resolve("redis.log"));
            Files.deleteIfExists(redisDir.resolve("redis.pid"));
            Files.deleteIfExists(redisDir);
        }
    }

    /** Of its folder, its cluster and its logs. */
    static String name() {
        return "run-" + ProcessHandle.current().pid();
    }

    private void checkArguments() {
        safety.checked(load.checked());
        if (workers != null && (workers < 1 || workers > 64)) {
            throw Failure.usage("--workers must be 1 to 64, not " + workers);
        }
        if (!duration.isPositive()) {
            throw Failure.usage("--duration must be longer than 0");
        }
        Path parent = reportJson == null ? null : reportJson.toAbsolutePath().getParent();
        if (parent != null && !Files.isWritable(parent)) {
            throw Failure.usage("--report-json: " + parent + " is no folder that can be written to");
        }
        if (reportJson != null && Files.isDirectory(reportJson)) {
            throw Failure.usage("--report-json: " + reportJson + " is a folder: name a file in it");
        }
        redis.setup();
    }

    /** Workers need Redis alone to begin: they start beside the orchestrator. */
    private int withWorkers(Screen screen, Home home, LocalRedis redis, String cluster, ScenarioBundle bundle)
            throws Exception {
        Integer count = workers;
        if (count == null) {
            try (Beside<Worker> worker =
                    Beside.start("worker", () -> Worker.start(WorkerOptions.of(redis.url(), cluster, "worker-1")))) {
                return withOrchestrator(screen, home, redis, cluster, bundle, api -> {
                    try (worker) {
                        WorkerCommand.awaitReady(worker.await());
                        InfraStart.awaitWorkers(api, 1, List.of());
                        return load(screen, api, home, redis);
                    }
                });
            }
        }
        List<Child> children = new ArrayList<>();
        try {
            for (int i = 1; i <= count; i++) {
                String id = "worker-" + i;
                children.add(Child.leashed(
                        id,
                        home.log(cluster + "-" + id),
                        Map.of("VIKHRY_REDIS_URL", redis.url()),
                        WorkerCommand.arguments(cluster, id)));
            }
            return withOrchestrator(screen, home, redis, cluster, bundle, api -> {
                InfraStart.awaitWorkers(api, count, children);
                return load(screen, api, home, redis);
            });
        } finally {
            children.parallelStream().forEach(Child::close);
        }
    }

    /** What is done while the orchestrator is there. */
    @FunctionalInterface
    private interface Work {
        int with(Api api) throws Exception;
    }

    private int withOrchestrator(
            Screen screen, Home home, LocalRedis redis, String cluster, ScenarioBundle bundle, Work work)
            throws Exception {
        try (Orchestrator orchestrator = Orchestrator.start(config -> config.redisUrl(redis.url())
                .cluster(cluster)
                .host("127.0.0.1")
                .port(port)
                .home(home.path())
                .scenario(bundle))) {
            screen.line(screen.dim("page   ") + screen.bold(orchestrator.url() + "/"));
            return work.with(new Api(orchestrator.url()));
        }
    }

    private int load(Screen screen, Api api, Home home, LocalRedis redis) throws IOException {
        RunControl control = new RunControl(api, screen);
        String runId = control.start(load.checked(), safety.checked(load.checked()), params.values, ramp, duration);
        boolean interrupted = control.follow(runId, () -> {
            if (redis.pid() != 0 && !redis.running().alive()) { // another's Redis may come back
                throw Failure.environment("the run's Redis has ended (" + redis.how() + "), and the run with it; what"
                        + " had arrived is in " + home.path().resolve("runs").resolve(runId));
            }
        });
        String text = control.report(runId);
        JsonNode report = new ObjectMapper().readTree(text);
        control.summary(runId, report);
        if (reportJson != null) {
            Files.writeString(reportJson, text);
            screen.line("report  " + reportJson);
        }
        screen.line(screen.dim("run     " + runId));
        RunControl.requireWhole(report);
        if (!interrupted) {
            RunControl.requireBelievable(report);
        }
        return interrupted ? Failure.INTERRUPTED : 0;
    }
}
