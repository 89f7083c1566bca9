package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vikhry.redis.RedisFixture;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ClusterIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @Test
    void itSaysWhatItIsConnectedToWithoutThePassword() {
        try (Cluster cluster = Cluster.connect(redis.url(), Fixtures.freshCluster())) {
            assertThat(cluster.answers()).isTrue();
            assertThat(cluster.redisVersion()).matches("(redis|valkey) \\d+\\.\\d+.*");
            String userInfo = URI.create(redis.url()).getUserInfo();
            assertThat(cluster.redisUrl()).startsWith("redis://");
            if (userInfo != null) {
                assertThat(cluster.redisUrl()).doesNotContain(userInfo.substring(userInfo.indexOf(':') + 1));
            }
        }
    }

    @Test
    void nothingListeningIsOneLineWithTheRemedy() {
        assertThatThrownBy(() -> Cluster.connect("redis://:secret@127.0.0.1:1", "c"))
                .isInstanceOf(ClusterException.class)
                .hasMessage("Redis at redis://127.0.0.1:1 does not answer: connection refused; "
                        + "start one with `vikhry infra redis start` or give --redis-url");
    }

    @Test
    void aWrongPasswordIsNamedAndNotPrinted() {
        URI url = URI.create(redis.url());
        String other = "redis://nobody:secret@" + url.getHost() + ":" + url.getPort();
        assertThatThrownBy(() -> Cluster.connect(other, "c"))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("it wants another user or password")
                .hasMessageNotContaining("secret");
    }

    @Test
    void whatIsNoRedisUrlIsRefusedWithoutRepeatingIt() {
        for (String url : new String[] {"http://:secret@x", "redis://", "secret"}) {
            assertThatThrownBy(() -> Cluster.connect(url, "c"))
                    .as(url)
                    .isInstanceOf(ClusterException.class)
                    .hasMessageContaining("redis://[[user]:password@]host[:port][/db]")
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void aClusterNameThatWouldBreakKeysIsRefused() {
        assertThatThrownBy(() -> Cluster.connect(redis.url(), "a}b")).hasMessageContaining("cluster name \"a}b\"");
    }

    @Test
    void clusterTimeIsRedisTime() {
        try (Cluster cluster = Cluster.connect(redis.url(), Fixtures.freshCluster())) {
            ClusterClock clock = cluster.clock();
            // The test's Redis runs on this machine, so both clocks are one.
            assertThat(clock.nowMillis()).isCloseTo(System.currentTimeMillis(), within(50L));
            assertThat(clock.offsetMicros()).isBetween(-50_000L, 50_000L);
            assertThat(clock.uncertaintyMicros()).isBetween(1L, 50_000L);
            long in = clock.nowMillis() + 1_000;
            assertThat((clock.nanosAt(in) - System.nanoTime()) / 1_000_000).isBetween(900L, 1_001L);
        }
    }

    @Test
    void aBundleComesBackByItsDigestAndAChangedOneDoesNot() {
        String name = Fixtures.freshCluster();
        try (Cluster cluster = Cluster.connect(redis.url(), name);
                Redis raw = new Redis(redis.url())) {
            byte[] bundle = {1, 2, 3};
            String digest = cluster.bundles().put(bundle);
            assertThat(digest).isEqualTo("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81");
            assertThat(cluster.bundles().get(digest)).contains(bundle);
            assertThat(cluster.bundles().get("00".repeat(32))).isEmpty();
            raw.call(r -> r.set(new Keys(name).bundle(digest), new byte[] {6}));
            assertThatThrownBy(() -> cluster.bundles().get(digest))
                    .isInstanceOf(ClusterException.class)
                    .hasMessageContaining("was changed");
        }
    }

    @Test
    void theAnnouncedScenarioIsSeenByOthers() {
        String name = Fixtures.freshCluster();
        try (Cluster one = Cluster.connect(redis.url(), name);
                Cluster other = Cluster.connect(redis.url(), name)) {
            assertThat(other.scenario().current()).isEmpty();
            ScenarioRef ref = new ScenarioRef("ab".repeat(32), "ShopVU", "ShopVU.java");
            LeaderLease leader = one.leader().acquire("test").orElseThrow();
            assertThat(one.scenario().announce(leader, ref)).isTrue();
            assertThat(other.scenario().current()).contains(ref);

            leader.close();
            other.leader().acquire("next").orElseThrow();
            assertThat(one.scenario().announce(leader, new ScenarioRef("cd".repeat(32), "OldVU", "OldVU.java")))
                    .as("by one who does not lead any more")
                    .isFalse();
            assertThat(other.scenario().current()).contains(ref);
        }
    }
}
