package io.vikhry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.cli.local.Home;
import io.vikhry.cli.remote.Api;
import io.vikhry.cli.screen.Screen;
import java.util.function.BiFunction;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks an orchestrator, and prints its answer: in words, or with {@code --json} as it came. */
final class Inquiry {
    @Mixin
    Places.OrchestratorAt orchestrator = new Places.OrchestratorAt();

    @Option(names = "--json", description = "The orchestrator's answer.")
    boolean json;

    /** The exit code of a command that does no more than this. */
    int ask(Function<Api, JsonNode> call, Function<JsonNode, String> words) {
        return ask(call, (api, answer) -> words.apply(answer));
    }

    /** As {@link #ask(Function, Function)}, where the words need more than the answer. */
    int ask(Function<Api, JsonNode> call, BiFunction<Api, JsonNode, String> words) {
        Api api = new Api(orchestrator.resolve(Home.current()));
        JsonNode answer = call.apply(api);
        Screen.standard().line(json ? answer.toPrettyString() : words.apply(api, answer));
        return 0;
    }
}
