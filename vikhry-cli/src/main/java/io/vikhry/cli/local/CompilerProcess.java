package io.vikhry.cli.local;

import io.vikhry.cli.Failure;
import io.vikhry.runtime.scenario.CompiledSources;
import io.vikhry.runtime.scenario.ScenarioBundle;
import io.vikhry.runtime.scenario.ScenarioException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Compiles a scenario in a JVM of its own, whose program it is as well: a JVM that generates load would keep a thousand classes of the
 * compiler, and what compiling left behind, for as long as it runs. It puts the classes where they are kept; if the scenario
 * does not compile it ends with {@link Failure#SCENARIO}, and prints a mark, the message as a line and then the details: a JVM may
 * have words of its own to say before.
 */
public final class CompilerProcess {
    /** A system property of the launcher's: the folder in which compiled scenarios are kept. */
    private static final String FOLDER = "vikhry.compiled";

    /** A system property of the launcher's: the options of a JVM that compiles, one a line. */
    private static final String OPTIONS = "vikhry.compile.jvm";

    private static final Pattern SOURCE = Pattern.compile("\\.java(:[^:/]+)?$");
    private static final int LIMIT_SECONDS = 60;
    private static final String MARK = "vikhry.scenario: ";

    private CompilerProcess() {}

    /** A scenario's bundle; a source file is compiled, unless what came of it is kept where the launcher says. */
    public static ScenarioBundle bundle(String scenario) {
        String named = System.getProperty(FOLDER);
        if (named == null || !SOURCE.matcher(scenario).find()) {
            return ScenarioBundle.of(scenario);
        }
        Path folder = Path.of(named);
        return CompiledSources.fault(folder)
                .map(fault -> afresh(scenario, folder, fault))
                .orElseGet(() -> ScenarioBundle.of(scenario, sources(folder)));
    }

    private static CompiledSources sources(Path folder) {
        return new CompiledSources(folder, file -> compile(folder, file));
    }

    /** What lies in the folder may be another's work, and would be run: the classes are made in a folder of their own. */
    private static ScenarioBundle afresh(String scenario, Path folder, String fault) {
        System.err.println(
                "vikhry: " + folder + " " + fault + ": what it keeps of compiled scenarios is not used, delete"
                        + " it or name another cache folder with XDG_CACHE_HOME");
        try {
            Path own = Files.createTempDirectory("vikhry-compiled-");
            try {
                return ScenarioBundle.of(scenario, sources(own));
            } finally {
                try (Stream<Path> files = Files.walk(own)) {
                    for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.deleteIfExists(each);
                    }
                }
            }
        } catch (IOException e) {
            throw Failure.environment("cannot compile in a folder of its own (" + e + ")", e);
        }
    }

    /** The JVM options that tell another vikhry what the launcher told this one; not a folder that this one has warned of. */
    static List<String> handedOn() {
        return Stream.of(FOLDER, OPTIONS)
                .filter(name -> System.getProperty(name) != null)
                .filter(name -> !name.equals(FOLDER)
                        || CompiledSources.fault(Path.of(System.getProperty(name)))
                                .isEmpty())
                .map(name -> "-D" + name + "=" + System.getProperty(name))
                .toList();
    }

    private static void compile(Path folder, Path file) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        System.getProperty(OPTIONS, "").lines().forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(CompilerProcess.class.getName(), folder.toString(), file.toString()));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(Redirect.from(new File("/dev/null")))
                    .redirectError(Redirect.DISCARD)
                    .start();
            process.onExit()
                    .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(late -> process.destroyForcibly());
            try (InputStream out = process.getInputStream()) {
                String words = new String(out.readAllBytes(), StandardCharsets.UTF_8);
                int mark = words.indexOf(MARK);
                if (process.waitFor() == Failure.SCENARIO && mark >= 0) {
                    String said = words.substring(mark + MARK.length());
                    String message = said.lines().findFirst().orElse("");
                    throw new ScenarioException(message, said.substring(message.length() + 1));
                }
            }
        } catch (IOException e) {
            // No process to be had: it is compiled here, which says what is wrong.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted();
        }
    }

    /** Compiles a file: the folder to keep its classes in, and the file. */
    public static void main(String[] args) throws IOException {
        try {
            new CompiledSources(Path.of(args[0])).keep(Path.of(args[1]));
        } catch (ScenarioException e) {
            String words = MARK + e.getMessage() + "\n" + e.details();
            System.out.write(words.getBytes(StandardCharsets.UTF_8));
            System.out.flush();
            System.exit(Failure.SCENARIO);
        }
    }
}
