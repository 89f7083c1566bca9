package io.vikhry.cli;

import io.vikhry.api.VikhryException;
import io.vikhry.cli.local.Home;
import io.vikhry.orchestrator.OrchestratorException;
import io.vikhry.redis.RedisUnavailableException;
import io.vikhry.runtime.scenario.ParamException;
import io.vikhry.runtime.scenario.ScenarioException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code vikhry} command. */
@Command(
        name = "vikhry",
        description = "Load testing with plain Java scenarios, on one machine or many.",
        versionProvider = Vikhry.Version.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nFirst steps:%n",
        footer = {
            "  vikhry demo                                    see all of it in half a minute",
            "  vikhry run --scenario ShopVU.java --users 50 --duration 1m",
            "  vikhry infra up --worker-count 2 --scenario ShopVU.java",
            "",
            "Exit codes: 0 done, 1 environment, 2 usage, 3 scenario or parameter,",
            "6 the verdict on the run is INVALID, 130 interrupted.",
        })
public final class Vikhry implements Runnable {
    /** The commands by name, in the order in which they are listed. */
    private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

    private static final Pattern SCENARIO = Pattern.compile(".+\\.(java|jar)(:.+)?");

    static {
        COMMANDS.put("demo", DemoCommand.class);
        COMMANDS.put("run", RunCommand.class);
        COMMANDS.put("validate", ValidateCommand.class);
        COMMANDS.put("infra", InfraCommand.class);
        COMMANDS.put("test", TestCommand.class);
        COMMANDS.put("resource", ResourceCommand.class);
        COMMANDS.put("orchestrator", OrchestratorCommand.class);
        COMMANDS.put("worker", WorkerCommand.class);
        COMMANDS.put("demo-target", DemoTargetCommand.class);
        COMMANDS.put("prepare", PrepareCommand.class);
    }

    @Option(
            names = "--verbose",
            scope = CommandLine.ScopeType.INHERIT,
            description = "Show the stack trace of an error.")
    boolean verbose;

    @Spec
    @Nullable CommandSpec spec;

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        if (Arrays.asList(args).contains("--foreground") && System.getProperty(Logging.LEVEL) == null) {
            System.setProperty(Logging.LEVEL, "INFO"); // before the first logger reads it
        }
        if (args.length > 0 && args[0].equals("run") && !Arrays.asList(args).contains("--verbose")) {
            logToFile(RunCommand.name());
        }
        keepNoNames();
        recordNothing();
        int code = commandLine(args).execute(args);
        Interrupt.end(code);
    }

    /** How long an address holds, its name servers say, and the HTTP client heeds it; the JDK below would add half a minute. */
    private static void keepNoNames() {
        for (String property : List.of("sun.net.inetaddr.ttl", "sun.net.inetaddr.negative.ttl")) {
            if (System.getProperty(property) == null) {
                System.setProperty(property, "0");
            }
        }
    }

    /** Netty and Lettuce look for the JDK's flight recorder to tell it of buffers and connections: a hundred classes that nobody reads. */
    private static void recordNothing() {
        for (String property : List.of("io.netty.jfr.enabled", "io.lettuce.core.jfr")) {
            if (System.getProperty(property) == null) {
                System.setProperty(property, "false");
            }
        }
    }

    /** What the orchestrator and the worker in this process have to say is for a log, as it is in processes of their own. */
    private static void logToFile(String name) {
        System.setProperty(
                Logging.FILE,
                Home.location().resolve("logs").resolve(name + ".log").toString());
    }

    /** All commands; or only the one that begins the arguments, for reading all of them takes longer than many a command. */
    static CommandLine commandLine(String... arguments) {
        CommandLine commands = new CommandLine(new Vikhry());
        String first = arguments.length == 0 ? "" : arguments[0];
        COMMANDS.forEach((name, command) -> {
            if (name.equals(first) || !COMMANDS.containsKey(first)) {
                commands.addSubcommand(name, command);
            }
        });
        Values.readBy(commands);
        commands.setCaseInsensitiveEnumValuesAllowed(true);
        commands.setUsageHelpAutoWidth(true);
        commands.setUsageHelpLongOptionsMaxWidth(32);
        commands.setAbbreviatedOptionsAllowed(false);
        commands.setExecutionExceptionHandler((e, command, parsed) -> explain(e, command));
        commands.setParameterExceptionHandler((e, given) -> explainUsage(e));
        return commands;
    }

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    private static int explain(Exception e, CommandLine command) {
        PrintWriter err = command.getErr();
        boolean verbose = ((Vikhry) root(command).getCommandSpec().userObject()).verbose;
        err.println("vikhry: " + oneLine(message(e)));
        if (verbose) {
            if (e instanceof ScenarioException scenario && !scenario.details().isEmpty()) {
                err.println(scenario.details());
            }
            e.printStackTrace(err);
        }
        err.flush();
        return exitCode(e);
    }

    private static String message(Exception e) {
        String message = e.getMessage();
        if (message == null || !(e instanceof VikhryException || known(e))) {
            return "unexpected " + e + ": run it again with --verbose, and report what it says";
        }
        if (e instanceof ParamException param && param.problem() == ParamException.Problem.MISSING) {
            return message + ", with --param " + param.param() + "=…";
        }
        return message;
    }

    private static boolean known(Exception e) {
        return e instanceof Failure || e instanceof OrchestratorException || e instanceof RedisUnavailableException;
    }

    private static int exitCode(Exception e) {
        return switch (e) {
            case Failure failure -> failure.exitCode();
            case ScenarioException s -> Failure.SCENARIO;
            case ParamException p -> Failure.SCENARIO;
            case OrchestratorException o when o.getCause() instanceof ScenarioException -> Failure.SCENARIO;
            default -> Failure.ENVIRONMENT;
        };
    }

    private static int explainUsage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr()
                .println("vikhry: " + oneLine(misspelt(e).orElseGet(() -> wording(e))) + " (see " + name + " --help)");
        command.getErr().flush();
        return Failure.USAGE;
    }

    /** A word that no command knows: it says more than what is missing because of it, which the parser would name first. */
    private static Optional<String> misspelt(ParameterException e) {
        if (!(e instanceof MissingParameterException || e instanceof UnmatchedArgumentException)) {
            return Optional.empty();
        }
        CommandLine command = e.getCommandLine();
        List<String> words = command.getUnmatchedArguments();
        return words.stream()
                .filter(word -> word.startsWith("-"))
                .findFirst()
                .or(() -> words.stream().findFirst())
                .map(word -> unknown(command, word));
    }

    private static String unknown(CommandLine command, String word) {
        if (word.startsWith("-")) {
            UnmatchedArgumentException option = new UnmatchedArgumentException(command, List.of(word));
            return option.getMessage()
                    + option.getSuggestions().stream()
                            .findFirst()
                            .map(Vikhry::didYouMean)
                            .orElse("");
        }
        if (!command.getSubcommands().isEmpty()) {
            return "no command '" + word + "': there are " + String.join(", ", Options.commands(command));
        }
        boolean scenario =
                SCENARIO.matcher(word).matches() && command.getCommandSpec().findOption("--scenario") != null;
        return "'" + word + "' belongs to no option" + (scenario ? didYouMean("--scenario " + word) : "");
    }

    private static String didYouMean(String words) {
        return ": did you mean " + words + "?";
    }

    /** The parser names the longest alias of an option, says "option" twice, and begins before the words of {@link Values}. */
    private static String wording(ParameterException e) {
        return String.valueOf(e.getMessage())
                .replace("option option", "option")
                .replace("--init-param", "--param")
                .replaceFirst("^Invalid value for option '(--[a-z-]+)'(?: \\([^)]*\\))?: (must|is no) ", "$1 $2 ");
    }

    private static CommandLine root(CommandLine command) {
        CommandLine parent = command.getParent();
        return parent == null ? command : root(parent);
    }

    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /** The version that the jar's manifest says. */
    static final class Version implements IVersionProvider {
        static String text() {
            String version = Vikhry.class.getPackage().getImplementationVersion();
            return version == null ? "development" : version;
        }

        @Override
        public String[] getVersion() {
            return new String[] {
                "vikhry " + text() + ", Java " + Runtime.version().feature()
            };
        }
    }
}
