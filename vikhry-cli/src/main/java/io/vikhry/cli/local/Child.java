package io.vikhry.cli.local;

import io.vikhry.cli.Failure;
import io.vikhry.cli.Interrupt;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A vikhry command as a process of its own, with its output in a log. A leashed one ends when this JVM does, because it watches
 * the pipe of its standard input, and by nothing else: signals that reach the whole group leave the order of the ending to its
 * parent. A detached one goes on, and ends by SIGTERM; it does not hear the terminal's Ctrl-C.
 */
public final class Child implements AutoCloseable {
    /** What a process prints when it is ready, followed by its URL if it has one. */
    public static final String READY = "vikhry: ready";

    /** How an error line begins. */
    public static final String ERROR = "vikhry: ";

    /** A system property of the launcher's: the options of a JVM that generates load, one a line. */
    private static final String LOAD_JVM = "vikhry.load.jvm";

    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

    private final String name;
    private final Process process;
    private final Path log;
    private final boolean leashed;
    private String url = "";

    private Child(String name, Process process, Path log, boolean leashed) {
        this.name = name;
        this.process = process;
        this.leashed = leashed;
        this.log = log;
    }

    /** Starts {@code vikhry arguments…} and ends it with this JVM. */
    public static Child leashed(String name, Path log, Map<String, String> environment, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--leash");
        return start(name, log, environment, all, true);
    }

    /** Starts {@code vikhry arguments…}, to outlive this JVM. */
    public static Child detached(String name, Path log, Map<String, String> environment, String... arguments) {
        return start(name, log, environment, List.of(arguments), false);
    }

    private static Child start(
            String name, Path log, Map<String, String> environment, List<String> arguments, boolean leashed) {
        List<String> command = new ArrayList<>(
                List.of("sh", "-c", "trap '' INT HUP" + (leashed ? " TERM" : "") + "; exec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        System.getProperty(LOAD_JVM, "").lines().forEach(command::add);
        command.addAll(CompilerProcess.handedOn());
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.add("-Dvikhry.log.level=INFO");
        command.addAll(program());
        command.addAll(arguments);
        try {
            Files.deleteIfExists(log);
            Files.createFile(log, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(leashed ? Redirect.PIPE : Redirect.from(new File("/dev/null")))
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            return new Child(name, builder.start(), log, leashed);
        } catch (IOException e) {
            throw Failure.environment("cannot start " + name + " (" + e.getMessage() + ")", e);
        }
    }

    /** The distribution's jar says in its manifest what it opens; elsewhere it is a class path, which cannot. */
    private static List<String> program() {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            entries.add(Path.of(entry).toAbsolutePath().toString());
        }
        if (entries.size() == 1 && entries.getFirst().endsWith(".jar")) {
            return List.of("-jar", entries.getFirst());
        }
        return List.of(
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                String.join(File.pathSeparator, entries),
                "io.vikhry.cli.Vikhry");
    }

    /** Waits until it says that it is ready; if it ends instead, fails with its own words and exit code. */
    public Child awaitReady(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            boolean alive = process.isAlive();
            List<String> lines = lines();
            for (String line : lines) {
                if (line.startsWith(READY)) {
                    url = line.substring(READY.length()).strip();
                    return this;
                }
            }
            if (!alive) {
                throw ended(lines);
            }
            if (System.nanoTime() > deadline) {
                throw Failure.environment(
                        name + " was not ready within " + limit.toSeconds() + " s: its log is " + log);
            }
            Interrupt.sleepOrFail(Duration.ofMillis(50));
        }
    }

    /** Fails with its own words where it has ended. */
    public void requireAlive() {
        if (!process.isAlive()) {
            throw ended(lines());
        }
    }

    private Failure ended(List<String> lines) {
        int code = process.exitValue();
        for (String line : lines.reversed()) {
            if (line.startsWith(ERROR)) {
                return Failure.of(
                        code == Failure.USAGE || code == Failure.SCENARIO ? code : Failure.ENVIRONMENT,
                        line.substring(ERROR.length()));
            }
        }
        return Failure.environment(name + " ended with exit code " + code + ": its log is " + log);
    }

    private List<String> lines() {
        try {
            return Files.readString(log, StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw Failure.environment("cannot read " + log + " (" + e.getMessage() + ")", e);
        }
    }

    /** Where it answers; empty if it does not listen. */
    public String url() {
        return url;
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** For a state file. */
    public RecordedProcess recorded() {
        return RecordedProcess.of(name, process.toHandle(), log.toString(), url);
    }

    /** Asks it to end, and waits; by force after 15 s. */
    @Override
    public void close() {
        if (leashed) {
            try {
                process.getOutputStream().close();
            } catch (IOException e) {
                // The other side has closed the pipe, so it has ended.
            }
        } else {
            process.destroy();
        }
        RecordedProcess.awaitEnd(process.toHandle(), STOP_LIMIT);
    }
}
