package io.vikhry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vikhry.cli.local.Home;
import io.vikhry.cli.remote.Api;
import io.vikhry.cli.remote.Kill;
import io.vikhry.cli.remote.Load;
import io.vikhry.cli.remote.RunControl;
import io.vikhry.cli.remote.RunView;
import io.vikhry.cli.screen.Screen;
import io.vikhry.cluster.ClusterException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts, changes, stops and watches the run of an orchestrator. */
@Command(
        name = "test",
        description = "Starts, changes, stops and watches the run of an orchestrator.",
        mixinStandardHelpOptions = true)
final class TestCommand implements Runnable {
    private static final Duration LONGEST_DRAIN = Duration.ofHours(1);

    @Spec
    @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw Options.missingCommand(spec);
    }

    @Command(name = "start", mixinStandardHelpOptions = true, description = "Starts a run and returns at once.")
    int start(
            @Mixin LoadOf load,
            @Mixin Options.Params params,
            @Mixin Safety safety,
            @Option(
                            names = "--ramp",
                            paramLabel = "TIME",
                            defaultValue = "0s",
                            description = "Reach the users or the rate over this time. Default: ${DEFAULT-VALUE}")
                    Duration ramp,
            @Option(
                            names = "--duration",
                            paramLabel = "TIME",
                            description = "Stop after this time. Default: go on until stopped.")
                    @Nullable Duration duration,
            @Mixin Inquiry orchestrator) {
        Load asked = load.checked();
        ObjectNode body = RunControl.startBody(asked, safety.checked(asked), params.values, ramp, duration);
        return orchestrator.ask(
                api -> api.post("/api/v1/test/start", body),
                (api, answer) -> nameOf(answer) + " starts with " + asked.text()
                        + "; watch it with `vikhry test watch` or at " + api.url() + "/");
    }

    private static String nameOf(JsonNode answer) {
        return "run " + answer.path("run_id").asText();
    }

    /** Where a load goes to, and over which time. */
    static final class Change {
        @Option(
                names = "--ramp",
                paramLabel = "TIME",
                defaultValue = "0s",
                description = "Over this time. Default: ${DEFAULT-VALUE}")
        Duration ramp = Duration.ZERO;

        @Mixin
        Inquiry orchestrator = new Inquiry();

        int order(String path, ObjectNode body, String load) {
            body.put("ramp_s", ramp.toMillis() / 1000.0);
            return orchestrator.ask(api -> api.post(path, body), answer -> nameOf(answer) + " goes to " + load);
        }
    }

    @Command(
            name = "change-users",
            mixinStandardHelpOptions = true,
            description = "Changes how many users the run has.")
    int changeUsers(
            @Option(
                            names = {"-u", "--users"},
                            required = true,
                            paramLabel = "N",
                            description = "0 to 1,000,000.")
                    int users,
            @Mixin Change change) {
        LoadOf.requireUsers(users);
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("users", users);
        return change.order("/api/v1/test/users", body, users + " users");
    }

    @Command(
            name = "change-rate",
            mixinStandardHelpOptions = true,
            description = "Changes how many arrivals per second the run has.")
    int changeRate(
            @Option(
                            names = {"-r", "--rate"},
                            required = true,
                            paramLabel = "R",
                            description = "Arrivals per second.")
                    double rate,
            @Mixin Change change) {
        LoadOf.requireRate(rate);
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("rate", rate);
        return change.order("/api/v1/test/rate", body, new Load(null, rate, false, null).text());
    }

    @Command(name = "stop", mixinStandardHelpOptions = true, description = "Stops the run; its users end gracefully.")
    int stop(
            @Option(
                            names = "--drain",
                            paramLabel = "TIME",
                            defaultValue = "10s",
                            description =
                                    "Users may take so long to finish their steps, 1h at most. Default: ${DEFAULT-VALUE}")
                    Duration drain,
            @Mixin Inquiry orchestrator) {
        if (drain.isNegative() || drain.compareTo(LONGEST_DRAIN) > 0) {
            throw Failure.usage("--drain must be 0s to 1h");
        }
        return orchestrator.ask(
                api -> new RunControl(api, Screen.standard()).stop(drain), answer -> nameOf(answer) + " is stopping");
    }

    @Command(
            name = "kill",
            mixinStandardHelpOptions = true,
            description = {
                "Stops all traffic of the run at once: requests in flight are cut, onStop does not run.",
                "Goes to Redis itself where that is known, so it needs no orchestrator."
            })
    int kill(
            @Mixin Places.KillAt at,
            @Mixin Places.OrchestratorAt orchestrator,
            @Option(names = "--json", description = "What became of it.") boolean json) {
        Home home = Home.current();
        Optional<String> redis = orchestrator.url == null ? at.resolve(home, orchestrator) : Optional.empty();
        Supplier<Kill> asked = () -> {
            Api api = new Api(orchestrator.resolve(home));
            return Kill.byOrchestrator(api);
        };
        String cluster = at.cluster(home);
        print(redis.isPresent() ? kill(redis.get(), cluster, at.redisUrl != null, asked) : asked.get(), json);
        return 0;
    }

    /** Through Redis; where nobody has named it and it cannot be reached from here, through the orchestrator, that may reach it. */
    private static Kill kill(String redis, String cluster, boolean named, Supplier<Kill> asked) {
        try {
            return Kill.byRedis(redis, cluster);
        } catch (ClusterException e) {
            if (!named) {
                try {
                    return asked.get();
                } catch (Failure unanswered) {
                    e.addSuppressed(unanswered);
                }
            }
            throw e;
        }
    }

    private static void print(Kill kill, boolean json) {
        ObjectNode became = JsonNodeFactory.instance
                .objectNode()
                .put("run_id", kill.runId())
                .put("by", kill.by());
        Screen.standard().line(json ? became.toPrettyString() : kill.words());
    }

    @Command(name = "status", mixinStandardHelpOptions = true, description = "Says what the run is doing now.")
    int status(@Mixin Inquiry orchestrator) {
        return orchestrator.ask(api -> api.get("/api/v1/test"), (api, test) -> status(api, test));
    }

    private static String status(Api api, JsonNode test) {
        JsonNode run = test.path("run");
        String scenario = test.path("scenario").path("name").asText("no scenario");
        String state = test.path("state").asText();
        String error = test.path("last_error").isTextual()
                ? "\nlast error: " + test.path("last_error").asText()
                : "";
        if (run.isMissingNode() || run.isNull()) {
            return state + "  " + scenario + "  no run yet" + error;
        }
        List<String> lines = new ArrayList<>();
        lines.add(state + "  " + scenario + "  run " + run.path("run_id").asText());
        lines.add(RunView.line(test, api.get("/api/v1/metrics")));
        lines.addAll(RunView.probes(api.get("/api/v1/probes")));
        lines.addAll(RunView.verdict(run.path("verdict"), Screen.standard()));
        return String.join("\n", lines) + error;
    }

    @Command(
            name = "watch",
            mixinStandardHelpOptions = true,
            description = "Shows the run until it has ended. Ctrl-C ends the watching, not the run.")
    int watch(@Mixin Places.OrchestratorAt orchestrator) {
        Screen screen = Screen.standard();
        Interrupt.watch();
        Api api = new Api(orchestrator.resolve(Home.current()));
        JsonNode test = api.get("/api/v1/test");
        while (!test.path("state").asText().equals("IDLE")) {
            String line = RunView.line(test, api.get("/api/v1/metrics"));
            if (screen.terminal()) {
                screen.live(line);
            } else {
                screen.line(line);
                RunView.probes(api.get("/api/v1/probes")).forEach(screen::line);
            }
            if (Interrupt.sleep(screen.terminal() ? Duration.ofSeconds(1) : Duration.ofSeconds(5))) {
                screen.clear();
                return Failure.INTERRUPTED;
            }
            test = api.get("/api/v1/test");
        }
        screen.line(status(api, test));
        return 0;
    }
}
