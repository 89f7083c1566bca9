package io.vikhry.redis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A real Redis for a test class: a container where a Docker engine answers, else the bundled binary. Use it as
 * {@code @RegisterExtension static final RedisFixture redis = new RedisFixture();} or by {@link #open} and {@link #close}.
 *
 * <p>System properties: {@code vikhry.test.redis} is {@code auto} (default), {@code container} or {@code bundled};
 * {@code vikhry.redis.image} names the image, by default {@code redis:7-alpine}.
 */
public final class RedisFixture implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisFixture.class);
    private static final String IMAGE = System.getProperty("vikhry.redis.image", "redis:7-alpine");
    private static final String PASSWORD = "for-tests-only";

    private static Boolean engineAnswers;

    private String url;
    private GenericContainer<?> container;
    private LocalRedis local;
    private Path dir;

    /** Starts one. */
    public static RedisFixture open() throws IOException {
        RedisFixture fixture = new RedisFixture();
        fixture.start();
        return fixture;
    }

    private void start() throws IOException {
        if (useContainer()) {
            container = new GenericContainer<>(DockerImageName.parse(IMAGE))
                    .withCommand("redis-server", "--requirepass", PASSWORD, "--save", "", "--appendonly", "no")
                    .withExposedPorts(6379);
            container.start();
            url = "redis://:" + PASSWORD + "@" + container.getHost() + ":" + container.getMappedPort(6379) + "/0";
            LocalRedis.await(Duration.ofSeconds(20), () -> LocalRedis.probe(url).isPresent());
        } else {
            dir = Files.createTempDirectory("vikhry-redis");
            local = LocalRedis.start(Choice.BUNDLED, dir);
            url = local.url();
        }
    }

    /** Says once for the JVM which it is. */
    private static synchronized boolean useContainer() {
        if (engineAnswers == null) {
            String choice = System.getProperty("vikhry.test.redis", "auto");
            engineAnswers = switch (choice) {
                case "container" -> true;
                case "bundled" -> false;
                default -> containersWork();
            };
            LOG.info("Redis for tests: {}", engineAnswers ? "containers of " + IMAGE : "the bundled binary");
        }
        return engineAnswers;
    }

    /**
     * Whether an engine answers and can be used as it is. Inside a container, Testcontainers finds the engine's address by an
     * image of its own, unless TESTCONTAINERS_HOST_OVERRIDE says it (127.0.0.1 where the engine runs in the same container).
     */
    private static boolean containersWork() {
        boolean inContainer = Files.exists(Path.of("/.dockerenv"));
        boolean reachable = !inContainer || System.getenv("TESTCONTAINERS_HOST_OVERRIDE") != null;
        boolean noReaper = Boolean.parseBoolean(System.getenv("TESTCONTAINERS_RYUK_DISABLED"));
        return reachable && noReaper && DockerClientFactory.instance().isDockerAvailable();
    }

    /** Where it answers, with its password. */
    public String url() {
        return Objects.requireNonNull(url, "the Redis fixture is not started");
    }

    /** Empties it. */
    public void flush() {
        LocalRedis.flush(url());
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        start();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        close();
    }

    @Override
    public void close() throws IOException {
        if (container != null) {
            container.stop();
            container = null;
        }
        if (local != null) {
            local.close();
            local = null;
            try (Stream<Path> files = Files.walk(dir)) {
                List<Path> deepestFirst =
                        files.sorted(Comparator.reverseOrder()).toList();
                for (Path file : deepestFirst) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
