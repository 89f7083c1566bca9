package io.vikhry.redis;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A Redis server that was found or started; closing it stops what was started. */
public final class LocalRedis implements AutoCloseable {
    /** The oldest server that vikhry works with. */
    static final int OLDEST_MAJOR = 7;

    private static final Duration PROBE_LIMIT = Duration.ofSeconds(3);

    private final RunningRedis running;
    private final @Nullable Leash leash;

    LocalRedis(RunningRedis running, @Nullable Leash leash) {
        this.running = running;
        this.leash = leash;
    }

    /** As {@link #start(Choice, Path, Setup)} with {@link Setup#DEFAULT}. */
    public static LocalRedis start(Choice choice, Path dir) {
        return start(choice, dir, Setup.DEFAULT);
    }

    /**
     * Finds or starts a server and returns when it answers. A started one listens on 127.0.0.1 only, asks for a random
     * password and keeps nothing on disk.
     *
     * @param dir where a started server keeps its configuration and its log; made if it is not there
     * @throws RedisUnavailableException if there is none to be had, in one line that names the ways to get one
     */
    public static LocalRedis start(Choice choice, Path dir, Setup setup) {
        return switch (choice) {
            case URL -> given(setup);
            case PATH -> asked(() -> ServerProcess.start(ServerBinary.onPath(), dir, setup, "as asked"));
            case BUNDLED -> asked(() -> ServerProcess.start(ServerBinary.bundled(), dir, setup, "as asked"));
            case DOCKER -> asked(() -> ContainerEngine.start(dir, setup, "as asked"));
            case AUTO -> setup.url() != null ? given(setup) : first(dir, setup);
        };
    }

    /** Where the one way that was asked for is not there, the message names the others. */
    private static LocalRedis asked(Supplier<LocalRedis> way) {
        try {
            return way.get();
        } catch (RedisUnavailableException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith("no ")
                    ? new RedisUnavailableException(
                            message + ": install or start one, or take another way with --redis-url, --redis path,"
                                    + " --redis bundled or --redis docker",
                            e)
                    : e;
        }
    }

    private static LocalRedis first(Path dir, Setup setup) {
        if (setup.port() != 0) {
            ServerProcess.requireFree(setup.port());
        }
        List<String> reasons = new ArrayList<>();
        try {
            return ServerProcess.start(ServerBinary.onPath(), dir, setup, "found on the PATH");
        } catch (RedisUnavailableException e) {
            reasons.add(e.getMessage());
        }
        try {
            return ServerProcess.start(ServerBinary.bundled(), dir, setup, String.join("; ", reasons));
        } catch (RedisUnavailableException e) {
            reasons.add(e.getMessage());
        }
        try {
            return ContainerEngine.start(dir, setup, String.join("; ", reasons));
        } catch (RedisUnavailableException e) {
            reasons.add(e.getMessage());
        }
        throw new RedisUnavailableException("No Redis to be had: " + String.join("; ", reasons)
                + ". Give one with --redis-url, install redis-server or valkey-server 7 or newer, use the bundled one on"
                + " Linux or macOS, or start Docker or Podman");
    }

    private static LocalRedis given(Setup setup) {
        String url = setup.url();
        if (url == null) {
            throw new RedisUnavailableException("--redis url needs the address: add --redis-url redis://host:port");
        }
        RedisAddress address = RedisAddress.parse(url);
        RedisServerInfo info;
        try (RedisProbe probe = new RedisProbe(address, PROBE_LIMIT)) {
            info = probe.info();
        } catch (IOException e) {
            throw new RedisUnavailableException(
                    "No Redis answers at " + address.safe() + " (" + e.getMessage()
                            + "): check the address and the password, or leave --redis-url out to have one started",
                    e);
        }
        if (info.major() < OLDEST_MAJOR) {
            throw new RedisUnavailableException("The server at " + address.safe() + " is " + info.product() + " "
                    + info.version() + ", and vikhry needs version 7 or newer: give another with --redis-url, or leave"
                    + " it out to have one started");
        }
        String how = info.product() + " " + info.version() + " at " + address.safe() + ", as given";
        return new LocalRedis(new RunningRedis(url, how, info.version(), 0, 0, null, null), null);
    }

    /** Asks the server at {@code url} what it is; empty if none answers within 3 s or it refuses the password. */
    public static Optional<RedisServerInfo> probe(String url) {
        try (RedisProbe probe = new RedisProbe(RedisAddress.parse(url), PROBE_LIMIT)) {
            return Optional.of(probe.info());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Deletes every key of every database of the server at {@code url}. */
    public static void flush(String url) {
        RedisAddress address = RedisAddress.parse(url);
        try (RedisProbe probe = new RedisProbe(address, PROBE_LIMIT)) {
            probe.command("FLUSHALL");
        } catch (IOException e) {
            throw new RedisUnavailableException(
                    "Redis at " + address.safe() + " was not flushed (" + e.getMessage() + ")", e);
        }
    }

    /** Where it answers, with its password: {@code redis://:password@127.0.0.1:port/0}. */
    public String url() {
        return running.url();
    }

    /** What was chosen and why, in one line, without the password. */
    public String how() {
        return running.how();
    }

    /** Its process id; 0 where it is a container or was not started here. */
    public long pid() {
        return running.pid();
    }

    /** What another process needs to stop it. */
    public RunningRedis running() {
        return running;
    }

    /** Stops it where it was started here, detached or not. */
    @Override
    public void close() {
        running.stop();
        if (leash != null) {
            leash.close();
        }
    }

    /** Waits until {@code condition} holds; says whether it came to hold within {@code limit}. */
    static boolean await(Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            try {
                Thread.sleep(3);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RedisUnavailableException("interrupted while waiting for Redis", e);
            }
        }
        return true;
    }
}
