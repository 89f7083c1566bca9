package io.vikhry.cli;

import io.vikhry.cli.local.CompilerProcess;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ScenarioBundle;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What several commands ask of their options. */
final class Options {
    private Options() {}

    static ParameterException missingCommand(@Nullable CommandSpec spec) {
        CommandLine command = spec == null ? Vikhry.commandLine() : spec.commandLine();
        return new ParameterException(command, "say what to do: " + String.join(", ", commands(command)));
    }

    /** The names of its commands, but for hidden ones. */
    static Iterable<String> commands(CommandLine command) {
        return command.getSubcommands().entrySet().stream()
                .filter(e -> !e.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
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

    /** Scenario parameters. */
    static final class Params {
        @Option(
                names = {"--param", "--init-param"},
                paramLabel = "NAME=VALUE",
                description = "A @Param of the scenario; may be given again for others.")
        Map<String, String> values = new LinkedHashMap<>();
    }
}
