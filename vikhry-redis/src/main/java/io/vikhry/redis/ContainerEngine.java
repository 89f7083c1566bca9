package io.vikhry.redis;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs Redis as a container of Docker or Podman, published on 127.0.0.1 only. The password goes in by the environment of the
 * engine's client and on to the server by its standard input, so it stands on no command line.
 */
final class ContainerEngine {
    /** What is run; another name of the same thing can be given where images come from elsewhere. */
    static final String IMAGE = System.getProperty("vikhry.redis.image", "redis:7-alpine");

    private static final Duration ASK_LIMIT = Duration.ofSeconds(10);
    private static final Duration RUN_LIMIT = Duration.ofMinutes(3); // may pull the image
    private static final Duration READY_LIMIT = Duration.ofSeconds(30);
    private static final String SERVER = """
            exec redis-server - <<END
            requirepass $VIKHRY_REDIS_PASSWORD
            save ""
            appendonly no
            END
            """;

    private ContainerEngine() {}

    /** The engine's command, {@code "docker"} or {@code "podman"}, or {@code null} where none answers. */
    static @Nullable String find() {
        for (String engine : List.of("docker", "podman")) {
            if (Command.run(ASK_LIMIT, engine, "info").ok()) {
                return engine;
            }
        }
        return null;
    }

    static LocalRedis start(Path dir, Setup setup, String why) {
        String engine = find();
        if (engine == null) {
            throw new RedisUnavailableException("no Docker or Podman engine answers");
        }
        if (setup.port() != 0) {
            ServerProcess.requireFree(setup.port());
        }
        String given = setup.container();
        String name = given == null ? "vikhry-redis-" + ServerProcess.password().substring(0, 8) : given;
        if (given != null && !running(engine, name)) {
            remove(engine, name); // left over by a machine that was switched off
        }
        Leash leash = null;
        boolean started = false;
        try {
            ServerProcess.privateDirectory(dir);
            if (!setup.detached()) {
                leash = new Leash(
                        "true", "\"$1\" rm -f \"$2\" >/dev/null 2>&1", List.of(engine, name), dir.resolve("redis.log"));
            }
            String password = ServerProcess.password();
            List<String> run =
                    new ArrayList<>(List.of(engine, "run", "-d", "--name", name, "--label", "io.vikhry=redis"));
            run.addAll(List.of("--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", "999:999"));
            run.addAll(List.of("-p", "127.0.0.1:" + (setup.port() == 0 ? "" : setup.port()) + ":6379"));
            run.addAll(List.of("-e", "VIKHRY_REDIS_PASSWORD", IMAGE, "sh", "-c", SERVER));
            Command ran = Command.run(RUN_LIMIT, Map.of("VIKHRY_REDIS_PASSWORD", password), run);
            if (!ran.ok()) {
                if (!ran.output().contains("already in use by container")) {
                    remove(engine, name);
                }
                throw new RedisUnavailableException(engine + " could not run " + IMAGE + ": " + ran.lastLine());
            }
            started = true;
            LocalRedis redis = ready(engine, name, password, why, leash);
            leash = null;
            return redis;
        } catch (IOException e) {
            throw new RedisUnavailableException("cannot write to " + dir + " (" + e + ")", e);
        } catch (RuntimeException e) {
            if (started) {
                remove(engine, name);
            }
            throw e;
        } finally {
            if (leash != null) {
                leash.close();
            }
        }
    }

    private static LocalRedis ready(String engine, String name, String password, String why, @Nullable Leash leash) {
        String published =
                Command.run(ASK_LIMIT, engine, "port", name, "6379/tcp").lastLine();
        int port;
        try {
            port = Integer.parseInt(published.substring(published.lastIndexOf(':') + 1));
        } catch (NumberFormatException e) {
            throw new RedisUnavailableException(
                    engine + " does not say where " + name + " is published: " + published, e);
        }
        String url = "redis://:" + password + "@127.0.0.1:" + port + "/0";
        LocalRedis.await(READY_LIMIT, () -> LocalRedis.probe(url).isPresent() || !running(engine, name));
        String version = LocalRedis.probe(url)
                .map(RedisServerInfo::version)
                .orElseThrow(() -> new RedisUnavailableException("Redis in the container " + name + " of " + IMAGE
                        + " does not answer on 127.0.0.1:" + port + ": "
                        + Command.run(ASK_LIMIT, engine, "logs", "--tail", "1", name)
                                .lastLine()));
        String how = "Redis " + version + " in the container " + name + " of " + IMAGE + " by " + engine
                + " on 127.0.0.1:" + port + ": " + why;
        return new LocalRedis(new RunningRedis(url, how, version, 0, 0, engine, name), leash);
    }

    static boolean running(String engine, String name) {
        Command state = Command.run(ASK_LIMIT, engine, "inspect", "-f", "{{.State.Running}}", name);
        return state.ok() && state.lastLine().equals("true");
    }

    static void remove(String engine, String name) {
        Command.run(Duration.ofSeconds(30), engine, "rm", "-f", name);
    }
}
