package io.vikhry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.cli.local.Child;
import io.vikhry.cli.local.Home;
import io.vikhry.cli.local.Ports;
import io.vikhry.cli.remote.Api;
import io.vikhry.cli.remote.Limits;
import io.vikhry.cli.remote.Load;
import io.vikhry.cli.remote.RunControl;
import io.vikhry.cli.screen.Screen;
import io.vikhry.cli.screen.Table;
import io.vikhry.redis.LocalRedis;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** All of vikhry in half a minute: a shop, a Redis, an orchestrator and two workers, a run, its report, and nothing left. */
@Command(
        name = "demo",
        description = {
            "All of vikhry in half a minute: a small shop as the target, Redis, an orchestrator and two workers, a run with"
                    + " live numbers, and report.json in this folder. Leaves nothing running."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final int WORKERS = 2;
    private static final Duration READY_LIMIT = Duration.ofSeconds(120);

    @Option(names = "--duration", paramLabel = "TIME", defaultValue = "30s", description = "Default: ${DEFAULT-VALUE}")
    Duration duration = Duration.ZERO;

    @Option(
            names = {"-u", "--users"},
            paramLabel = "N",
            defaultValue = "50",
            description = "Default: ${DEFAULT-VALUE}")
    int users;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = Values.Port.class,
            defaultValue = "8080",
            description = "Of the page; the next free one if it is taken, 0 for any. Default: ${DEFAULT-VALUE}")
    int port;

    @Mixin
    RedisFrom redis = new RedisFrom();

    @Override
    public Integer call() throws Exception {
        LoadOf.requireUsers(users);
        if (!duration.isPositive()) {
            throw Failure.usage("--duration must be longer than 0");
        }
        Path report = Path.of("report.json").toAbsolutePath();
        if (!Files.isWritable(Path.of("").toAbsolutePath())) {
            throw Failure.environment(
                    "the demo writes report.json, and this folder cannot be written to: go to another");
        }
        Screen screen = Screen.standard();
        Home home = Home.current();
        Path dir = home.folder("demo-" + ProcessHandle.current().pid());
        Interrupt.watch();
        boolean logsWanted = true;
        try (LocalRedis server = LocalRedis.start(redis.choice, dir, redis.setup())) {
            screen.line("redis         " + server.how());
            int code = withProcesses(screen, dir, server.url(), report);
            logsWanted = code == Failure.ENVIRONMENT;
            return code;
        } catch (Failure e) {
            logsWanted = e.exitCode() == Failure.ENVIRONMENT;
            throw e;
        } finally {
            screen.clear();
            if (logsWanted) {
                screen.line("logs          " + dir);
            } else {
                delete(dir);
            }
        }
    }

    private int withProcesses(Screen screen, Path dir, String redisUrl, Path reportFile) throws IOException {
        int pagePort = Ports.freeFrom("127.0.0.1", port);
        Path scenario = dir.resolve("ShopVU.java");
        try (InputStream source = DemoCommand.class.getResourceAsStream("demo/ShopVU.java")) {
            if (source == null) {
                throw new IllegalStateException("the demo's scenario is not in this distribution");
            }
            Files.copy(source, scenario, StandardCopyOption.REPLACE_EXISTING);
        }
        Map<String, String> environment = Map.of("VIKHRY_REDIS_URL", redisUrl, "VIKHRY_HOME", home());
        List<Child> children = new ArrayList<>();
        screen.live("starting the shop, the orchestrator and " + WORKERS + " workers…");
        try {
            Child shop = child(children, "shop", dir, environment, "demo-target", "--port", "0");
            Child orchestrator = child(
                    children,
                    "orchestrator",
                    dir,
                    environment,
                    OrchestratorCommand.arguments("demo", "127.0.0.1", pagePort, scenario.toString()));
            for (int i = 1; i <= WORKERS; i++) {
                child(children, "worker-" + i, dir, environment, WorkerCommand.arguments("demo", "worker-" + i));
            }
            shop.awaitReady(READY_LIMIT);
            screen.line("target        " + shop.url() + "  a shop, made to be tested");
            screen.live("starting the orchestrator and " + WORKERS + " workers…");
            orchestrator.awaitReady(READY_LIMIT);
            Api api = new Api(orchestrator.url());
            InfraStart.awaitWorkers(api, WORKERS, children);
            screen.line("workers       " + WORKERS + " processes, ready");
            screen.line("page          " + screen.bold(orchestrator.url() + "/")
                    + (pagePort == port ? "" : "  (port " + port + " is taken)"));
            return load(screen, api, shop.url(), children, reportFile);
        } finally {
            children.reversed().parallelStream().forEach(Child::close);
        }
    }

    private static String home() {
        return Home.current().path().toString();
    }

    private static Child child(
            List<Child> children, String name, Path dir, Map<String, String> environment, String... arguments) {
        Child child = Child.leashed(name, dir.resolve(name + ".log"), environment, arguments);
        children.add(child);
        return child;
    }

    private int load(Screen screen, Api api, String target, List<Child> children, Path reportFile) throws IOException {
        RunControl control = new RunControl(api, screen);
        screen.line("");
        screen.line(Table.count(users) + " users for " + duration.toMillis() / 1000.0 + " s");
        List<Child> needed = children.subList(0, children.size() - WORKERS); // a run outlives a worker
        String runId =
                control.start(Load.users(users), Limits.NONE, Map.of("baseUrl", target), Duration.ZERO, duration);
        boolean interrupted = control.follow(runId, () -> needed.forEach(Child::requireAlive));
        String text = control.report(runId);
        JsonNode report = new ObjectMapper().readTree(text);
        screen.line("");
        control.summary(runId, report);
        Files.writeString(reportFile, text);
        screen.line("");
        screen.line("report        " + reportFile);
        RunControl.requireWhole(report);
        boolean equal = compare(screen, report.path("total_requests").asLong(), target);
        return interrupted ? Failure.INTERRUPTED : equal ? 0 : Failure.ENVIRONMENT;
    }

    /** What vikhry exists for: the report's number is the target's own. */
    private static boolean compare(Screen screen, long reported, String target) {
        long seen = new Api(target).get("/_stats").path("total").asLong();
        if (reported == seen) {
            screen.line("check         "
                    + screen.green("the report counts " + Table.count(reported) + " requests, and so does the shop"));
            return true;
        }
        screen.line("check         "
                + screen.red(
                        "the report counts " + Table.count(reported) + " requests, but the shop " + Table.count(seen)));
        return false;
    }

    private static void delete(Path dir) {
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the demo's folder " + dir + " was not deleted", e);
        }
    }
}
