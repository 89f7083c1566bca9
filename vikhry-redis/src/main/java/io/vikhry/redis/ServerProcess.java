package io.vikhry.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Starts a server program as a daemon of its own session, so that a terminal's Ctrl-C does not reach it; a {@link Leash} ends
 * it with this JVM unless it is to outlive it. The password travels in a file that only the user can read.
 */
final class ServerProcess {
    private static final Duration START_LIMIT = Duration.ofSeconds(15);
    private static final int ATTEMPTS = 3;
    private static final SecureRandom RANDOM = new SecureRandom();

    private ServerProcess() {}

    static LocalRedis start(ServerBinary binary, Path dir, Setup setup, String why) {
        if (setup.port() != 0) {
            requireFree(setup.port());
            return attempt(binary, dir, setup, setup.port(), why);
        }
        RedisUnavailableException last = null;
        for (int i = 0; i < ATTEMPTS; i++) {
            try {
                return attempt(binary, dir, setup, freePort(), why);
            } catch (PortTaken e) {
                last = new RedisUnavailableException(String.valueOf(e.getMessage()), e); // lost a race for a free port
            }
        }
        throw last == null ? new RedisUnavailableException("no free port on 127.0.0.1") : last;
    }

    private static LocalRedis attempt(ServerBinary binary, Path dir, Setup setup, int port, String why) {
        String password = password();
        Path log = dir.resolve("redis.log");
        Path pidFile = dir.resolve("redis.pid");
        Path config = dir.resolve("redis.conf");
        Leash leash = null;
        try {
            privateDirectory(dir);
            Files.deleteIfExists(pidFile);
            Files.deleteIfExists(log);
            privateFile(log, "");
            privateFile(config, config(port, password, dir.toAbsolutePath(), pidFile, log));
            List<String> arguments = List.of(binary.file().toString(), config.toString(), pidFile.toString());
            if (setup.detached()) {
                Command started = Command.run(START_LIMIT, arguments.get(0), arguments.get(1));
                if (!started.ok()) {
                    throw failed(binary, log, started.lastLine());
                }
            } else {
                leash = new Leash(
                        "\"$1\" \"$2\"", "[ ! -f \"$3\" ] || kill \"$(cat \"$3\")\" 2>/dev/null", arguments, log);
            }
            String url = "redis://:" + password + "@127.0.0.1:" + port + "/0";
            long pid = awaitReady(binary, url, pidFile, log, leash);
            long startedAt = ProcessHandle.of(pid)
                    .flatMap(p -> p.info().startInstant())
                    .map(Instant::toEpochMilli)
                    .orElseThrow(() -> failed(binary, log, "it ended at once"));
            String how = binary.name() + " on 127.0.0.1:" + port + ": " + why;
            return new LocalRedis(new RunningRedis(url, how, binary.version(), pid, startedAt, null, null), leash);
        } catch (IOException e) {
            abandon(leash);
            throw new RedisUnavailableException("cannot start " + binary.name() + " in " + dir + " (" + e + ")", e);
        } catch (RuntimeException e) {
            abandon(leash);
            throw e;
        }
    }

    private static void abandon(@Nullable Leash leash) {
        if (leash != null) {
            leash.close();
        }
    }

    private static long awaitReady(ServerBinary binary, String url, Path pidFile, Path log, @Nullable Leash leash)
            throws IOException {
        boolean done = LocalRedis.await(
                START_LIMIT,
                () -> Files.exists(pidFile) && LocalRedis.probe(url).isPresent()
                        || text(log).contains("# Failed")
                        || (leash != null && leash.broken()));
        if (text(log).contains("Address already in use")) {
            throw new PortTaken(binary.name() + " found its port taken");
        }
        String pid = Files.exists(pidFile) ? text(pidFile).strip() : "";
        if (!done || pid.isEmpty()) {
            throw failed(binary, log, "it did not answer within " + START_LIMIT.toSeconds() + " s");
        }
        return Long.parseLong(pid);
    }

    private static RedisUnavailableException failed(ServerBinary binary, Path log, String otherwise) {
        String said = text(log).strip();
        String line = said.substring(said.lastIndexOf('\n') + 1);
        return new RedisUnavailableException(
                binary.name() + " did not start: " + (line.isEmpty() ? otherwise : line) + " (log: " + log + ")");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private static String config(int port, String password, Path dir, Path pidFile, Path log) {
        return """
                bind 127.0.0.1
                port %d
                protected-mode yes
                requirepass %s
                save ""
                appendonly no
                dir %s
                daemonize yes
                pidfile %s
                logfile %s
                """.formatted(
                        port, password, quoted(dir), quoted(pidFile.toAbsolutePath()), quoted(log.toAbsolutePath()));
    }

    private static String quoted(Path path) {
        return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    static String password() {
        byte[] bytes = new byte[24];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    static void privateDirectory(Path dir) throws IOException {
        Files.createDirectories(dir);
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
    }

    /** Narrow before the first byte is in it. */
    private static void privateFile(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    /** Says which port is taken before anything is started. */
    static void requireFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new RedisUnavailableException(
                    "Port " + port
                            + " on 127.0.0.1 is taken, so Redis cannot listen there: choose another with --redis-port,"
                            + " or 0 for a free one",
                    e);
        }
    }

    private static int freePort() throws RedisUnavailableException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new RedisUnavailableException("no free port on 127.0.0.1 (" + e.getMessage() + ")", e);
        }
    }

    private static final class PortTaken extends RuntimeException {
        PortTaken(String message) {
            super(message);
        }
    }
}
