package io.vikhry.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Redis, a replica of it and a Sentinel that watches both: real processes on loopback, each of which can be ended or frozen. */
public final class SentinelFixture implements AutoCloseable {
    private static final String NAME = "vikhry";
    private static final Duration START = Duration.ofSeconds(20);

    private final Path dir;
    private final List<Process> all = new ArrayList<>();
    private int sentinelPort;
    private Process primary;
    private Process replica;

    private SentinelFixture() throws IOException {
        dir = Files.createTempDirectory("vikhry-sentinel");
    }

    private void startAll(List<String> beforeReplica) throws IOException {
        String binary = ServerBinary.bundled().file().toString();
        int primaryPort = freePort();
        int replicaPort = freePort();
        sentinelPort = freePort();
        primary = server(List.of(), binary, primaryPort);
        replica = server(beforeReplica, binary, replicaPort, "--replicaof", "127.0.0.1 " + primaryPort);
        await(primaryPort);
        await(replicaPort);
        Path config = Files.writeString(
                dir.resolve("sentinel.conf"), """
                port %d
                bind 127.0.0.1
                sentinel monitor %s 127.0.0.1 %d 1
                sentinel down-after-milliseconds %s 1000
                sentinel failover-timeout %s 3000
                """.formatted(sentinelPort, NAME, primaryPort, NAME, NAME));
        start(binary, config.toString(), "--sentinel");
        await(sentinelPort);
    }

    /** Starts all three. */
    public static SentinelFixture open() throws IOException {
        return open(List.of());
    }

    /** Starts all three; {@code beforeReplica} stands before the replica's command: {@code env LD_PRELOAD=…}. */
    public static SentinelFixture open(List<String> beforeReplica) throws IOException {
        SentinelFixture fixture = new SentinelFixture();
        try {
            fixture.startAll(beforeReplica);
            return fixture;
        } catch (IOException | RuntimeException e) {
            fixture.close();
            throw e;
        }
    }

    private Process server(List<String> before, String binary, int port, String... more) throws IOException {
        List<String> words = new ArrayList<>(before);
        words.addAll(List.of(binary, "--port", String.valueOf(port), "--bind", "127.0.0.1"));
        words.addAll(List.of("--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0"));
        words.addAll(List.of(more));
        return start(words.toArray(String[]::new));
    }

    private Process start(String... words) throws IOException {
        Process started = new ProcessBuilder(words)
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("log-" + all.size()).toFile())
                .start();
        all.add(started);
        return started;
    }

    private static void await(int port) {
        if (!LocalRedis.await(START, () -> answers(port))) {
            throw new IllegalStateException("nothing answers at port " + port);
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().read() == '+';
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The URL that names the Sentinel. */
    public String url() {
        return "redis+sentinel://127.0.0.1:" + sentinelPort + "#" + NAME;
    }

    /** Kills the Redis that led first. */
    public void killPrimary() {
        primary.destroyForcibly();
    }

    /** Freezes it, connections and all, or lets it go on. */
    public void freezePrimary(boolean frozen) throws IOException, InterruptedException {
        signal(primary, frozen ? "-STOP" : "-CONT");
    }

    /** Freezes the replica, or lets it go on. */
    public void freezeReplica(boolean frozen) throws IOException, InterruptedException {
        signal(replica, frozen ? "-STOP" : "-CONT");
    }

    private static void signal(Process process, String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", signal, String.valueOf(process.pid()))
                .start()
                .waitFor(5, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        all.forEach(Process::destroyForcibly);
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
