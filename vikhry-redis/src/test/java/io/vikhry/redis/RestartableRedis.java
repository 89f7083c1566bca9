package io.vikhry.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Redis process of its own that a test may kill, freeze and start again at the same address, with what it had written or
 * without. It writes every change to disk before it answers.
 */
public final class RestartableRedis implements AutoCloseable {
    private static final String PASSWORD = "for-tests-only";
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final Path dir;
    private final int port;
    private Process process;

    private RestartableRedis(Path dir, int port) {
        this.dir = dir;
        this.port = port;
    }

    /** Starts one that keeps its data in {@code dir}. */
    public static RestartableRedis start(Path dir) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        RestartableRedis redis = new RestartableRedis(Files.createDirectories(dir), port);
        redis.launch();
        return redis;
    }

    private void launch() throws IOException {
        process = new ProcessBuilder(List.of(
                        ServerBinary.bundled().file().toString(),
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        String.valueOf(port),
                        "--requirepass",
                        PASSWORD,
                        "--save",
                        "",
                        "--appendonly",
                        "yes",
                        "--appendfsync",
                        "always",
                        "--dir",
                        dir.toString()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        dir.resolve("redis.log").toFile()))
                .start();
        if (!LocalRedis.await(LIMIT, () -> LocalRedis.probe(url()).isPresent())) {
            process.destroyForcibly();
            throw new IOException("Redis did not start; see " + dir.resolve("redis.log"));
        }
    }

    /** Where it answers, with its password. */
    public String url() {
        return "redis://:" + PASSWORD + "@127.0.0.1:" + port + "/0";
    }

    /** The port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** The same address with another port, for what goes through a proxy. */
    public String urlAt(int otherPort) {
        return "redis://:" + PASSWORD + "@127.0.0.1:" + otherPort + "/0";
    }

    /** Its process. */
    public long pid() {
        return process.pid();
    }

    /** Kills it without a chance to say goodbye. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("Redis outlived SIGKILL");
        }
    }

    /** Starts it again with what it had written. */
    public void startAgain() throws IOException {
        launch();
    }

    /** Starts it again with nothing. */
    public void startEmpty() throws IOException {
        Path written = dir.resolve("appendonlydir");
        if (Files.exists(written)) {
            try (var files = Files.list(written)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
        launch();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
