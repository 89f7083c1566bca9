package io.vikhry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerRedisIT {
    @TempDir
    Path dir;

    private static String engine;

    @BeforeAll
    static void needsAnEngine() {
        engine = ContainerEngine.find();
        Required.part(
                "engine",
                engine != null,
                "Redis in a container is not tested: no container engine answers; install and start Docker or Podman");
    }

    @Test
    void aContainerAnswersOnLoopbackWithItsPasswordOnlyAndIsRemoved() {
        String name;
        try (LocalRedis redis = LocalRedis.start(Choice.DOCKER, dir)) {
            name = redis.running().container();
            assertThat(redis.how()).contains(name).contains("redis:7-alpine");
            assertThat(redis.running().alive()).isTrue();
            assertThat(LocalRedis.probe(redis.url()))
                    .get()
                    .extracting(RedisServerInfo::major)
                    .isEqualTo(7);
            assertThat(LocalRedis.probe(redis.url().replaceFirst("//.*@", "//")))
                    .isEmpty();
            assertThat(Command.run(Duration.ofSeconds(10), engine, "port", name).output())
                    .contains("127.0.0.1:")
                    .doesNotContain("0.0.0.0");
            assertThat(Command.run(Duration.ofSeconds(5), "ps", "-eo", "args").output())
                    .doesNotContain(RedisAddress.parse(redis.url()).password());
        }
        assertThat(ContainerEngine.running(engine, name)).isFalse();
        assertThat(Command.run(Duration.ofSeconds(10), engine, "inspect", name).ok())
                .isFalse();
    }

    @Test
    void aDetachedContainerIsStoppedByItsName() {
        String name = "vikhry-redis-it-" + ProcessHandle.current().pid();
        RunningRedis recorded = LocalRedis.start(
                        Choice.DOCKER, dir, Setup.DEFAULT.outliving().withContainer(name))
                .running();
        try {
            assertThat(recorded.container()).isEqualTo(name);
            assertThat(recorded.alive()).isTrue();
        } finally {
            recorded.stop();
        }
        assertThat(recorded.alive()).isFalse();
    }
}
