package io.vikhry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vikhry.cli.local.Home;
import io.vikhry.cli.remote.Api;
import io.vikhry.cli.remote.Kill;
import io.vikhry.cli.remote.Limits;
import io.vikhry.cli.remote.Load;
import io.vikhry.cli.remote.RunControl;
import io.vikhry.cli.remote.RunView;
import io.vikhry.cli.screen.Screen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    @Spec
    @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw Options.missingCommand(spec);
    }

    @Command(name = "start", mixinStandardHelpOptions = true, description = "Starts a run and returns at once.")
    int start(
            @Mixin Options.LoadOf load,
            @Mixin Options.Params params,
            @Mixin Options.Safety safety,
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
            @Mixin Options.OrchestratorAt orchestrator,
            @Option(names = "--json", description = "The orchestrator's answer.") boolean json) {
        Load asked = load.checked();
        Limits limits = safety.checked(asked);
        try (Api api = new Api(orchestrator.resolve(Home.current()))) {
            JsonNode answer =
                    api.post("/api/v1/test/start", RunControl.startBody(asked, limits, params.values, ramp, duration));
            print(
                    answer,
                    json,
                    "run " + answer.path("run_id").asText() + " starts with " + asked.text() + "; watch it with"
                            + " `vikhry test watch` or at " + api.url() + "/");
        }
        return 0;
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
            @Option(
                            names = "--ramp",
                            paramLabel = "TIME",
                            defaultValue = "0s",
                            description = "Over this time. Default: ${DEFAULT-VALUE}")
                    Duration ramp,
            @Mixin Options.OrchestratorAt orchestrator,
            @Option(names = "--json", description = "The orchestrator's answer.") boolean json) {
        Options.requireUsers(users);
        try (Api api = new Api(orchestrator.resolve(Home.current()))) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.put("users", users);
            body.put("ramp_s", ramp.toMillis() / 1000.0);
            JsonNode answer = api.post("/api/v1/test/users", body);
            print(answer, json, "run " + answer.path("run_id").asText() + " goes to " + users + " users");
        }
        return 0;
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
            @Option(
                            names = "--ramp",
                            paramLabel = "TIME",
                            defaultValue = "0s",
                            description = "Over this time. Default: ${DEFAULT-VALUE}")
                    Duration ramp,
            @Mixin Options.OrchestratorAt orchestrator,
            @Option(names = "--json", description = "The orchestrator's answer.") boolean json) {
        try (Api api = new Api(orchestrator.resolve(Home.current()))) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.put("rate", rate);
            body.put("ramp_s", ramp.toMillis() / 1000.0);
            JsonNode answer = api.post("/api/v1/test/rate", body);
            String words = new Load(null, rate, false, null).text();
            print(answer, json, "run " + answer.path("run_id").asText() + " goes to " + words);
        }
        return 0;
    }

    @Command(name = "stop", mixinStandardHelpOptions = true, description = "Stops the run; its users end gracefully.")
    int stop(
            @Mixin Options.OrchestratorAt orchestrator,
            @Option(names = "--json", description = "The orchestrator's answer.") boolean json) {
        try (Api api = new Api(orchestrator.resolve(Home.current()))) {
            JsonNode answer = new RunControl(api, Screen.standard()).stop();
            print(answer, json, "run " + answer.path("run_id").asText() + " is stopping");
        }
        return 0;
    }

    @Command(
            name = "kill",
            mixinStandardHelpOptions = true,
            description = {
                "Stops all traffic of the run at once: requests in flight are cut, onStop does not run.",
                "Goes to Redis itself where that is known, so it needs no orchestrator."
            })
    int kill(
            @Mixin Options.KillAt at,
            @Mixin Options.OrchestratorAt orchestrator,
            @Option(names = "--json", description = "What became of it.") boolean json) {
        Home home = Home.current();
        Optional<String> redis = orchestrator.url == null ? at.resolve(home) : Optional.empty();
        if (redis.isPresent()) {
            print(Kill.byRedis(redis.get(), at.cluster), json);
            return 0;
        }
        try (Api api = new Api(orchestrator.resolve(home))) {
            print(Kill.byOrchestrator(api), json);
        }
        return 0;
    }

    private static void print(Kill kill, boolean json) {
        print(
                JsonNodeFactory.instance
                        .objectNode()
                        .put("run_id", kill.runId())
                        .put("by", kill.by()),
                json,
                kill.words());
    }

    @Command(name = "status", mixinStandardHelpOptions = true, description = "Says what the run is doing now.")
    int status(
            @Mixin Options.OrchestratorAt orchestrator,
            @Option(names = "--json", description = "The orchestrator's answer.") boolean json) {
        try (Api api = new Api(orchestrator.resolve(Home.current()))) {
            JsonNode test = api.get("/api/v1/test");
            print(test, json, status(test, api));
        }
        return 0;
    }

    private static String status(JsonNode test, Api api) {
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
        return String.join("\n", lines) + error;
    }

    @Command(
            name = "watch",
            mixinStandardHelpOptions = true,
            description = "Shows the run until it has ended. Ctrl-C ends the watching, not the run.")
    int watch(@Mixin Options.OrchestratorAt orchestrator) {
        Screen screen = Screen.standard();
        Interrupt.watch();
        try (Api api = new Api(orchestrator.resolve(Home.current()))) {
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
            screen.line(status(test, api));
        }
        return 0;
    }

    private static void print(JsonNode answer, boolean json, String words) {
        Screen.standard().line(json ? answer.toPrettyString() : words);
    }
}
