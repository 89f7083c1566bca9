package io.vikhry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vikhry.cli.local.Home;
import io.vikhry.cli.local.Infra;
import io.vikhry.cli.local.RecordedProcess;
import io.vikhry.cli.remote.Api;
import io.vikhry.cli.screen.Screen;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A whole cluster on this machine: Redis, an orchestrator and workers, in the background. */
@Command(
        name = "infra",
        description = "A whole cluster on this machine: Redis, an orchestrator and workers, in the background.",
        subcommands = InfraRedisCommand.class,
        mixinStandardHelpOptions = true)
final class InfraCommand implements Runnable {
    @Spec
    @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw Options.missingCommand(spec);
    }

    @Command(
            name = "up",
            mixinStandardHelpOptions = true,
            description = "Starts it and returns when all of it is ready.")
    int up(
            @Option(names = "--worker-count", paramLabel = "N", required = true, description = "1 to 64.") int workers,
            @Option(
                            names = "--scenario",
                            paramLabel = "FILE",
                            required = true,
                            description = "ShopVU.java or app.jar:com.acme.ShopVU")
                    String scenario,
            @Option(
                            names = "--port",
                            paramLabel = "PORT",
                            converter = Values.Port.class,
                            defaultValue = "8080",
                            description = "The orchestrator's, 0 for a free one. Default: ${DEFAULT-VALUE}")
                    int port,
            @Option(
                            names = "--cluster",
                            paramLabel = "NAME",
                            defaultValue = "default",
                            description = "Default: ${DEFAULT-VALUE}")
                    String cluster,
            @Mixin RedisFrom redis) {
        if (workers < 1 || workers > 64) {
            throw Failure.usage("--worker-count must be 1 to 64, not " + workers);
        }
        Places.requireName(cluster);
        redis.setup();
        Options.check(scenario);
        InfraStart.up(Home.current(), workers, scenario, port, cluster, redis, Screen.standard());
        return 0;
    }

    @Command(name = "down", mixinStandardHelpOptions = true, description = "Stops all that `infra up` started.")
    int down() {
        Home home = Home.current();
        Screen screen = Screen.standard();
        Optional<Infra> infra = home.read(Infra.STATE, Infra.class);
        if (infra.isEmpty()) {
            screen.line("nothing is up");
            return 0;
        }
        List<String> forced = InfraStart.down(home, infra.get());
        screen.line("down: orchestrator and workers (" + infra.get().workers().size() + ")"
                + (infra.get().redisShared() ? "; Redis stays" : ", and Redis"));
        forced.forEach(name -> screen.line(screen.red(name + " did not end by itself and was killed")));
        return 0;
    }

    @Command(name = "status", mixinStandardHelpOptions = true, description = "Says what runs.")
    int status(@Option(names = "--json", description = "As JSON, without the password.") boolean json) {
        Home home = Home.current();
        Screen screen = Screen.standard();
        Optional<Infra> state = home.read(Infra.STATE, Infra.class);
        if (state.isEmpty()) {
            screen.line(json ? "{\"up\" : false}" : "nothing is up: `vikhry infra up` starts a cluster");
            return 0;
        }
        Infra infra = state.get();
        List<RecordedProcess> processes = new ArrayList<>(List.of(infra.orchestrator()));
        processes.addAll(infra.workers());
        String run = runState(infra);
        if (json) {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("up", infra.anyAlive());
            node.put("url", infra.orchestrator().url());
            node.put("cluster", infra.cluster());
            node.put("scenario", infra.scenario());
            node.put("state", run);
            node.putObject("redis")
                    .put("url", infra.redis().safeUrl())
                    .put("how", infra.redis().how())
                    .put("alive", infra.redis().alive());
            processes.forEach(p -> node.withArray("processes")
                    .addObject()
                    .put("name", p.name())
                    .put("pid", p.pid())
                    .put("alive", p.alive())
                    .put("log", p.log()));
            screen.line(node.toPrettyString());
            return 0;
        }
        screen.line(screen.bold(infra.orchestrator().url() + "/") + "  " + infra.scenario() + "  " + run);
        screen.line((infra.redis().alive() ? screen.green("up  ") : screen.red("DOWN")) + "  redis         "
                + infra.redis().how());
        for (RecordedProcess process : processes) {
            screen.line((process.alive() ? screen.green("up  ") : screen.red("DOWN"))
                    + String.format("  %-12s  pid %d  %s", process.name(), process.pid(), process.log()));
        }
        return 0;
    }

    private static String runState(Infra infra) {
        try {
            JsonNode test = new Api(infra.orchestrator().url()).get("/api/v1/test");
            return test.path("state").asText();
        } catch (Failure e) {
            return "the orchestrator does not answer";
        }
    }

    @Command(name = "logs", mixinStandardHelpOptions = true, description = "Shows the ends of the processes' logs.")
    int logs(
            @Parameters(
                            arity = "0..1",
                            paramLabel = "NAME",
                            description = "orchestrator, worker-1, …; all if not given.")
                    @Nullable String name,
            @Option(
                            names = {"-n", "--lines"},
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "Default: ${DEFAULT-VALUE}")
                    int lines) {
        Home home = Home.current();
        Infra infra = home.read(Infra.STATE, Infra.class)
                .orElseThrow(() -> Failure.environment("nothing is up; older logs are in " + home.folder("logs")));
        List<RecordedProcess> chosen = Stream.concat(Stream.of(infra.orchestrator()), infra.workers().stream())
                .filter(p -> name == null || p.name().equals(name))
                .toList();
        if (chosen.isEmpty()) {
            throw Failure.usage("no process is named \"" + name + "\": `vikhry infra status` lists them");
        }
        Screen screen = Screen.standard();
        for (RecordedProcess process : chosen) {
            screen.line(screen.bold("== " + process.name() + ": " + process.log()));
            tail(Path.of(process.log()), lines).forEach(screen::line);
        }
        return 0;
    }

    private static List<String> tail(Path log, int lines) {
        try {
            List<String> all =
                    Files.readString(log, StandardCharsets.UTF_8).lines().toList();
            return all.subList(Math.max(0, all.size() - Math.max(0, lines)), all.size());
        } catch (IOException e) {
            return List.of("(cannot be read: " + e.getMessage() + ")");
        }
    }
}
