package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.IllegibleException;
import io.vikhry.redis.RedisFixture;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SuccessionIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @TempDir
    Path home;

    private LedRun led;
    private Succession succession;

    @BeforeEach
    void begin() {
        led = new LedRun(redis, "succession");
        succession = new Succession(led.cluster, new RunStore(home));
    }

    @AfterEach
    void close() {
        led.close();
    }

    @Test
    void aRunWhoseAssignmentIsSpoiltIsLedByWhatItsLeaderNoted() {
        Run before = led.run(home.resolve("of-before"), 0);
        before.deal.version = 1;
        led.cluster.plans().note(led.leader, "run-1", Json.bytes(before.course()));
        spoil("assignment", "all");

        Run after = succession.inherit("run-1", led.leader).orElseThrow();

        assertThat(after.version()).isEqualTo(1);
        assertThat(after.stop).isNull();
        before.folder.close();
        after.folder.close();
    }

    @Test
    void aLeaderThatEndsBeforeItHasKeptABatchIsMissed() {
        Run before = led.run(home, 6_000);
        before.deal.version = 1;
        led.cluster.plans().note(led.leader, "run-1", Json.bytes(before.course()));
        before.folder.close();

        Run after = succession.inherit("run-1", led.leader).orElseThrow();

        assertThat(after.mishaps.interruptions()).singleElement().satisfies(gap -> {
            assertThat(gap.what()).isEqualTo("no orchestrator led the run");
            assertThat(gap.millis()).isBetween(6_000L, 30_000L);
        });
        after.folder.close();
    }

    @Test
    void aRunOfWhichNothingCanBeReadIsNobodys() {
        spoil("assignment", "all");
        spoil("plan", null);

        assertThat(succession.inherit("run-1", led.leader)).isEmpty();
    }

    @Test
    void whatCannotBeReadIsToldFromARedisThatDoesNotAnswer() throws Exception {
        spoil("plan", null);
        assertThatThrownBy(() -> led.cluster.plans().plan("run-1"))
                .isInstanceOf(IllegibleException.class)
                .hasMessageContaining("run:run-1:plan in Redis holds no RunPlan");

        RedisFixture other = RedisFixture.open();
        try (Cluster away = Cluster.connect(other.url(), "succession")) {
            other.close();
            assertThatThrownBy(() -> new Succession(away, new RunStore(home)).inherit("run-1", led.leader))
                    .isInstanceOf(ClusterException.class)
                    .isNotInstanceOf(IllegibleException.class);
        }
    }

    private static void spoil(String part, @Nullable String field) {
        String key = "vikhry:{succession}:run:run-1:" + part;
        try (RedisClient raw = RedisClient.create(redis.url());
                var connection = raw.connect()) {
            if (field == null) {
                connection.sync().set(key, "{\"scenario\": ");
            } else {
                connection.sync().hset(key, field, "{\"version\": ");
            }
        }
    }
}
