package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.IllegibleException;
import io.vikhry.redis.RedisFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SuccessionIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @TempDir
    Path home;

    @RegisterExtension
    final LedRun led = new LedRun(redis, "succession");

    private Succession succession;

    @BeforeEach
    void begin() {
        succession = new Succession(led.cluster, new RunStore(home));
    }

    @Test
    void aRunWhoseAssignmentIsSpoiltIsLedByWhatItsLeaderNoted() {
        led.leftBehind(home.resolve("of-before"), 0);
        spoil("assignment", "all");

        Run after = led.closeAtEnd(succession.inherit("run-1", led.leader).orElseThrow());

        assertThat(after.version()).isEqualTo(1);
        assertThat(after.stop).isNull();
    }

    @Test
    void aLeaderThatEndsBeforeItHasKeptABatchIsMissed() {
        led.leftBehind(home, 6_000);

        Run after = led.closeAtEnd(succession.inherit("run-1", led.leader).orElseThrow());

        assertThat(after.mishaps.interruptions()).singleElement().satisfies(gap -> {
            assertThat(gap.what()).isEqualTo("no orchestrator led the run");
            assertThat(gap.millis()).isBetween(6_000L, 30_000L);
        });
    }

    @Test
    void aRunWhoseReportIsDamagedIsLedToAnotherEnd() throws IOException {
        led.leftBehind(home, 0);
        Files.writeString(home.resolve("runs/run-1/report.json"), "{\"run_id\": ");

        assertThat(succession.ended("run-1")).isFalse();
        assertThat(succession.revive("run-1", led.leader)).isEmpty();
        Run after = led.closeAtEnd(succession.inherit("run-1", led.leader).orElseThrow());

        assertThat(after.version()).isEqualTo(1);
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

    private void spoil(String part, @Nullable String field) {
        led.spoil(redis -> {
            if (field == null) {
                redis.set(led.key(part), "{\"scenario\": ");
            } else {
                redis.hset(led.key(part), field, "{\"version\": ");
            }
        });
    }
}
