package io.vikhry.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A vikhry command in a process of its own, as {@code infra up} starts it: killed, frozen and thawed by signals. It ends with
 * this JVM, whose end closes its standard input.
 */
public final class RealProcess implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(120);
    private static final String READY_LINE = "vikhry: ready";

    private final Process process;
    private final Path log;

    private RealProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** A worker. */
    public static RealProcess worker(Path home, String redisUrl, String id, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("worker", "start", "--worker-id", id));
        arguments.addAll(List.of(more));
        return start(home, redisUrl, id, List.of(), arguments);
    }

    /** An orchestrator on a free port; what it keeps is in {@code home}. */
    public static RealProcess orchestrator(Path home, String redisUrl, String name, Path scenario) throws IOException {
        return start(
                home,
                redisUrl,
                name,
                List.of(),
                List.of("orchestrator", "start", "--port", "0", "--scenario", scenario.toString()));
    }

    /** Any command that serves; {@code wrapper} stands before it: {@code faketime}, {@code bash -c 'ulimit …; exec "$@"'}. */
    public static RealProcess start(
            Path home, String redisUrl, String name, List<String> wrapper, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(command(arguments));
        command.addAll(List.of("--foreground", "--leash"));
        return start(home, name, command, Map.of("VIKHRY_REDIS_URL", redisUrl));
    }

    /** A command that does its work and ends: what it has printed. */
    public static String run(Path home, Map<String, String> environment, int exit, String... arguments)
            throws Exception {
        try (RealProcess process = start(home, "command", command(List.of(arguments)), environment)) {
            assertThat(process.awaitEnd(READY)).as(process.output()).isEqualTo(exit);
            return process.output();
        }
    }

    private static List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "io.vikhry.cli.Vikhry"));
        command.addAll(arguments);
        return command;
    }

    private static RealProcess start(Path home, String name, List<String> command, Map<String, String> environment)
            throws IOException {
        Files.createDirectories(home);
        Path log = home.resolve(name + "-" + System.nanoTime() + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("VIKHRY_HOME", home.toString());
        builder.environment().putAll(environment);
        return new RealProcess(builder.start(), log);
    }

    /** Waits until it says that it is ready; what it said with it, for an orchestrator its URL. */
    public String awaitReady() {
        await().atMost(READY)
                .until(() -> !process.isAlive() || output().lines().anyMatch(l -> l.startsWith(READY_LINE)));
        return output().lines()
                .filter(l -> l.startsWith(READY_LINE))
                .map(l -> l.substring(READY_LINE.length()).strip())
                .findFirst()
                .orElseThrow(() -> new AssertionError("it did not become ready: " + output()));
    }

    /** What it has printed. */
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its process id, which {@link CountingTarget} knows as a place. */
    public long pid() {
        return process.pid();
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    /** SIGTERM; does not wait. */
    public void terminate() {
        process.destroy();
    }

    /** SIGSTOP. */
    public void freeze() throws Exception {
        signal("-STOP");
    }

    /** SIGCONT. */
    public void thaw() throws Exception {
        signal("-CONT");
    }

    private void signal(String signal) throws Exception {
        signal(process.pid(), signal);
    }

    /** Sends a signal, such as {@code -STOP}, to a process. */
    public static void signal(long pid, String signal) throws Exception {
        assertThat(new ProcessBuilder("kill", signal, String.valueOf(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    /** Whether it runs. */
    public boolean alive() {
        return process.isAlive();
    }

    /** Its exit code, once it has ended by itself. */
    public int awaitEnd(Duration limit) throws InterruptedException {
        assertThat(process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS))
                .as("ended within %s: %s", limit, output())
                .isTrue();
        return process.exitValue();
    }

    /** Ends it; with {@code -Dvikhry.test.logs} what it printed goes to standard output. */
    @Override
    public void close() {
        if (System.getProperty("vikhry.test.logs") != null) {
            System.out.println("--- " + log.getFileName() + "\n" + output());
        }
        process.destroyForcibly();
    }
}
