package io.vikhry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The real launcher of the built distribution, in a folder and with a home of its own. */
final class Command {
    private static final Duration LIMIT = Duration.ofSeconds(150);
    private static final List<String> INTERRUPTIBLE = interruptible();

    private final Path dir;
    private final Path home;

    Command(Path dir) {
        this.dir = dir;
        this.home = dir.resolve("home");
    }

    /** What a command printed and how it ended. */
    record Ended(int exit, String out, String err) {
        Ended expect(int code) {
            assertThat(exit).as("exit code; out: %s err: %s", out, err).isEqualTo(code);
            return this;
        }
    }

    /**
     * What to put before a command so that it hears SIGINT: a build that runs in the background ignores it, its children inherit that, and a
     * JVM that was born so leaves it so.
     */
    private static List<String> interruptible() {
        List<String> prefix = List.of("env", "--default-signal=INT");
        List<String> trial = new ArrayList<>(prefix);
        trial.add("true");
        try {
            Process process = new ProcessBuilder(trial).start();
            return process.waitFor() == 0 ? prefix : List.of();
        } catch (IOException e) {
            return List.of(); // no such command here: the build's own setting is what there is
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static Path distribution() {
        try (Stream<Path> found = Files.find(
                Path.of("target"),
                2,
                (file, attributes) -> file.toString().matches("target/vikhry-[^/]+/vikhry-[^/]+"))) {
            return found.findFirst().orElseThrow().toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path home() {
        return home;
    }

    Ended run(String... arguments) throws Exception {
        return run(Map.of(), arguments);
    }

    Ended run(Map<String, String> environment, String... arguments) throws Exception {
        Process process = start(environment, arguments);
        try {
            return end(process);
        } finally {
            process.destroyForcibly();
        }
    }

    Process start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(INTERRUPTIBLE);
        command.add(distribution().resolve("bin/vikhry").toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(dir.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(dir.resolve("out").toFile())
                .redirectError(dir.resolve("err").toFile());
        builder.environment().put("VIKHRY_HOME", home.toString());
        builder.environment().put("VIKHRY_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    Ended end(Process process) throws Exception {
        assertThat(process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS))
                .as("ended within %s; out: %s err: %s", LIMIT, out(), err())
                .isTrue();
        return new Ended(process.exitValue(), out(), err());
    }

    String out() {
        return text("out");
    }

    String err() {
        return text("err");
    }

    private String text(String name) {
        try {
            return Files.readString(dir.resolve(name), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** No process that has this home in its environment, or its working directory in it, is alive, soon. */
    void expectNothingLeft() {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(left()).isEmpty());
    }

    /** Ends what a failed test has left. */
    void clean() {
        left().forEach(ProcessHandle::destroyForcibly);
    }

    private List<ProcessHandle> left() {
        return ProcessHandle.allProcesses()
                .filter(p -> p.pid() != ProcessHandle.current().pid())
                .filter(ProcessHandle::isAlive)
                .filter(this::ours)
                .toList();
    }

    private boolean ours(ProcessHandle process) {
        Path proc = Path.of("/proc", String.valueOf(process.pid()));
        try {
            return Files.readString(proc.resolve("environ"), StandardCharsets.ISO_8859_1)
                            .contains("VIKHRY_HOME=" + home)
                    || Files.readSymbolicLink(proc.resolve("cwd")).startsWith(home);
        } catch (IOException e) {
            return false; // ended meanwhile, or another user's
        }
    }
}
