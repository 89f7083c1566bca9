package io.vikhry.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.cli.local.CompilerProcess;
import io.vikhry.cli.screen.Screen;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ScenarioDescription;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compiles and checks a scenario, and says what it declares. Starts nothing. */
@Command(
        name = "validate",
        description = "Compiles and checks a scenario and its parameters; starts nothing.",
        mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
    @Option(
            names = "--scenario",
            paramLabel = "FILE",
            required = true,
            description = "ShopVU.java or app.jar:com.acme.ShopVU")
    String scenario = "";

    @Mixin
    Options.Params params = new Options.Params();

    @Option(names = "--json", description = "What it declares, as JSON.")
    boolean json;

    @Override
    public Integer call() throws Exception {
        try (LoadedScenario loaded = LoadedScenario.load(CompilerProcess.bundle(scenario))) {
            loaded.params().parse(params.values);
            ScenarioDescription description = loaded.describe();
            Screen screen = Screen.standard();
            if (json) {
                screen.line(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(description));
            } else {
                print(description, screen);
            }
        }
        return 0;
    }

    private static void print(ScenarioDescription it, Screen screen) {
        screen.line(screen.green("ok") + "  " + screen.bold(it.name()) + " (" + it.source() + ")");
        for (ScenarioDescription.Param param : it.params()) {
            screen.line("  param     " + param.name() + ": " + param.type()
                    + (param.defaultText() == null ? ", required" : " = " + param.defaultText())
                    + (param.description().isEmpty() ? "" : "  " + screen.dim(param.description())));
        }
        for (ScenarioDescription.Step step : it.steps()) {
            screen.line("  step      " + step.name() + ", weight " + step.weight()
                    + (step.every() == null ? "" : ", every " + step.every())
                    + (step.requires().isEmpty() ? "" : ", after " + String.join(" and ", step.requires())));
        }
        for (ScenarioDescription.Resource resource : it.resources()) {
            screen.line("  resource  " + resource.pool());
        }
        for (ScenarioDescription.Probe probe : it.probes()) {
            screen.line("  probe     " + probe.name() + ", every " + probe.every());
        }
    }
}
