package io.vikhry.cli.cluster;

import io.vikhry.redis.RestartableRedis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Redis, a counting target and as many vikhry processes as a test asks for; all of them end with it. For each test anew: use
 * it as {@code @RegisterExtension final Field field = new Field();}.
 */
public final class Field implements BeforeEachCallback, AfterEachCallback {
    /** The scenario whose users tell the target who they are. */
    public static final Path MARKED = Path.of("src/test/resources/scenarios/MarkedVU.java");

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private Path dir;
    private RestartableRedis redis;
    private CountingTarget target;

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        dir = Files.createTempDirectory("vikhry-field");
        redis = keep(RestartableRedis.start(dir.resolve("redis")));
        target = keep(CountingTarget.start());
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
        try (var files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Closes {@code thing} with the field. */
    public <T extends AutoCloseable> T keep(T thing) {
        open.push(thing);
        return thing;
    }

    /** The Redis of the cluster. */
    public RestartableRedis redis() {
        return redis;
    }

    /** The system under test. */
    public CountingTarget target() {
        return target;
    }

    /** The data directory of all processes. */
    public Path home() {
        return dir.resolve("home");
    }

    /** Starts an orchestrator with {@link #MARKED}. */
    public RealProcess orchestrator(String name) throws Exception {
        return orchestrator(name, MARKED);
    }

    /** Starts an orchestrator. */
    public RealProcess orchestrator(String name, Path scenario) throws Exception {
        return keep(RealProcess.orchestrator(home(), redis.url(), name, scenario));
    }

    /** Starts a worker. */
    public RealProcess worker(String id) throws Exception {
        return worker(id, redis.url());
    }

    /** Starts a worker that finds its Redis elsewhere: behind a {@link TcpProxy}. */
    public RealProcess worker(String id, String redisUrl) throws Exception {
        return keep(RealProcess.worker(home(), redisUrl, id));
    }

    /** A proxy to the Redis. */
    public TcpProxy proxy() throws Exception {
        return keep(TcpProxy.to(redis.port()));
    }
}
