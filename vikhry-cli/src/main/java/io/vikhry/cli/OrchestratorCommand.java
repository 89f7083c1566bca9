package io.vikhry.cli;

import io.vikhry.cli.local.Child;
import io.vikhry.cli.local.CompilerProcess;
import io.vikhry.cli.local.Home;
import io.vikhry.cli.local.Ports;
import io.vikhry.cli.local.RecordedProcess;
import io.vikhry.cli.screen.Screen;
import io.vikhry.orchestrator.Orchestrator;
import io.vikhry.runtime.scenario.ScenarioBundle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts and stops an orchestrator by itself. */
@Command(
        name = "orchestrator",
        description = "An orchestrator by itself; `infra up` starts all there is.",
        mixinStandardHelpOptions = true)
final class OrchestratorCommand implements Runnable {
    static final Duration READY_LIMIT = Duration.ofSeconds(120);
    static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    static final String STATE = "orchestrator";

    @Spec
    @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw Options.missingCommand(spec);
    }

    @Command(
            name = "start",
            mixinStandardHelpOptions = true,
            description = "Starts it in the background and returns when it is ready.")
    int start(
            @Option(
                            names = "--host",
                            paramLabel = "ADDRESS",
                            defaultValue = "127.0.0.1",
                            description = "Default: ${DEFAULT-VALUE}")
                    String host,
            @Option(
                            names = "--port",
                            paramLabel = "PORT",
                            converter = Values.Port.class,
                            defaultValue = "8080",
                            description = "0 takes a free one. Default: ${DEFAULT-VALUE}")
                    int port,
            @Option(names = "--scenario", paramLabel = "FILE", description = "The scenario to announce to the workers.")
                    @Nullable String scenario,
            @Mixin Places.ClusterAt cluster,
            @Mixin Served.WhereAsked served) {
        Home home = Home.current();
        String redisUrl = cluster.resolve(home);
        String name = cluster.cluster(home);
        if (served.foreground) {
            served.hold();
            ScenarioBundle bundle = scenario == null ? null : CompilerProcess.bundle(scenario);
            try (Orchestrator orchestrator = Orchestrator.start(config -> config.redisUrl(redisUrl)
                    .cluster(name)
                    .host(host)
                    .port(port)
                    .home(home.path())
                    .scenario(bundle))) {
                served.serve(orchestrator.url());
            }
            return 0;
        }
        home.read(STATE, RecordedProcess.class).filter(RecordedProcess::alive).ifPresent(running -> {
            throw Failure.environment("an orchestrator runs already at " + running.url() + " (pid " + running.pid()
                    + "): stop it with `vikhry orchestrator stop`");
        });
        if (scenario != null) {
            Options.check(scenario);
        }
        Ports.requireFree(host, port);
        Interrupt.watch();
        Child child = child(home, redisUrl, name, host, port, scenario);
        try {
            child.awaitReady(READY_LIMIT);
        } catch (RuntimeException e) {
            child.close();
            throw e;
        }
        home.write(STATE, child.recorded());
        Screen screen = Screen.standard();
        screen.line("orchestrator ready at " + child.url() + " (pid " + child.pid() + ", log " + home.log(STATE) + ")");
        return 0;
    }

    private static Child child(
            Home home, String redisUrl, String cluster, String host, int port, @Nullable String scenario) {
        return Child.detached(
                STATE, home.log(STATE), Map.of("VIKHRY_REDIS_URL", redisUrl), arguments(cluster, host, port, scenario));
    }

    /** The command line of an orchestrator's process; its Redis comes by the environment. */
    static String[] arguments(String cluster, String host, int port, @Nullable String scenario) {
        List<String> arguments = new ArrayList<>(List.of("orchestrator", "start", "--foreground"));
        arguments.addAll(List.of("--cluster", cluster, "--host", host, "--port", String.valueOf(port)));
        if (scenario != null) {
            arguments.addAll(List.of("--scenario", scenario));
        }
        return arguments.toArray(String[]::new);
    }

    @Command(name = "stop", mixinStandardHelpOptions = true, description = "Stops the one that was started here.")
    int stop() {
        Home home = Home.current();
        Optional<RecordedProcess> recorded = home.read(STATE, RecordedProcess.class);
        Screen screen = Screen.standard();
        if (recorded.filter(RecordedProcess::alive).isEmpty()) {
            screen.line("no orchestrator was started here, or it has ended");
        } else {
            recorded.get().stop(STOP_LIMIT);
            screen.line("orchestrator stopped (pid " + recorded.get().pid() + ")");
        }
        home.forget(STATE);
        return 0;
    }
}
