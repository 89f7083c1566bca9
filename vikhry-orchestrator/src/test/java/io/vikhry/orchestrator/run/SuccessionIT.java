package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.IllegibleException;
import io.vikhry.cluster.LeaderLease;
import io.vikhry.cluster.LoadStage;
import io.vikhry.cluster.RunPlan;
import io.vikhry.redis.RedisFixture;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

    private Cluster cluster;
    private LeaderLease leader;
    private RunPlan plan;
    private Succession succession;

    @BeforeEach
    void begin() {
        redis.flush();
        cluster = Cluster.connect(redis.url(), "succession");
        leader = cluster.leader().acquire("test").orElseThrow();
        plan = new RunPlan("run-1", 1, "ab".repeat(32), "ShopVU", Map.of(), RunPlan.LoadModel.USERS, 1, Map.of());
        cluster.lifecycle().begin(leader, plan);
        succession = new Succession(cluster, new RunStore(home));
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aRunWhoseAssignmentIsSpoiltIsLedByWhatItsLeaderNoted() {
        RunHead head = new RunHead(plan, "ShopVU", "ShopVU.java", 5, 0, null, 1_000);
        Run before = new Run(head, new RunStore(home.resolve("of-before")).create(head));
        before.begin(cluster.clock().nowMillis(), List.of(new LoadStage(0, 5, 0)));
        before.deal.version = 1;
        cluster.plans().note(leader, "run-1", Json.bytes(before.course()));
        spoil("assignment", "all");

        Run led = succession.inherit("run-1", leader).orElseThrow();

        assertThat(led.version()).isEqualTo(1);
        assertThat(led.stop).isNull();
        before.folder.close();
        led.folder.close();
    }

    @Test
    void aRunOfWhichNothingCanBeReadIsNobodys() {
        spoil("assignment", "all");
        spoil("plan", null);

        assertThat(succession.inherit("run-1", leader)).isEmpty();
    }

    @Test
    void whatCannotBeReadIsToldFromARedisThatDoesNotAnswer() throws Exception {
        spoil("plan", null);
        assertThatThrownBy(() -> cluster.plans().plan("run-1"))
                .isInstanceOf(IllegibleException.class)
                .hasMessageContaining("run:run-1:plan in Redis holds no RunPlan");

        RedisFixture other = RedisFixture.open();
        try (Cluster away = Cluster.connect(other.url(), "succession")) {
            other.close();
            assertThatThrownBy(() -> new Succession(away, new RunStore(home)).inherit("run-1", leader))
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
