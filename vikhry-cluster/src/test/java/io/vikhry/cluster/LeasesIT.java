package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vikhry.redis.RedisFixture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LeasesIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    private final String name = Fixtures.freshCluster();
    private Cluster cluster;

    @BeforeEach
    void connect() {
        cluster = Cluster.connect(redis.url(), name);
    }

    @AfterEach
    void disconnect() {
        cluster.close();
    }

    @Test
    void aWorkerIsSeenWithWhatItSaysAndHowLongItsLeaseLasts() {
        WorkerLease lease = cluster.leases().join(Fixtures.status("worker-1"));
        Renewal renewal = lease.renew(Fixtures.status("worker-1"), BatchOrigin.NONE);
        assertThat(renewal.held()).isTrue();
        assertThat(renewal.state()).isEqualTo(ClusterState.NEW);
        assertThat(renewal.cursor()).isZero();
        assertThat(renewal.scenarioDigest()).isNull();
        List<WorkerView> workers = cluster.leases().workers();
        assertThat(workers).hasSize(1);
        WorkerView view = workers.getFirst();
        assertThat(view.status()).isEqualTo(Fixtures.status("worker-1").withFence(lease.fence()));
        assertThat(view.alive()).isTrue();
        assertThat(view.remainingMillis()).isBetween(4_000L, Leases.TTL_MILLIS);
        assertThat(cluster.clock().nowMillis() - view.lastSeenMillis()).isBetween(-50L, 1_000L);
        lease.release(Fixtures.status("worker-1"));
        assertThat(cluster.leases().workers())
                .singleElement()
                .satisfies(left -> assertThat(left.alive()).isFalse());
        await().atMost(Duration.ofSeconds(5))
                .until(() -> cluster.leases().workers().isEmpty());
    }

    @Test
    void theLocalDeadlineComesBeforeTheLeaseRunsOut() {
        WorkerLease lease = cluster.leases().join(Fixtures.status("worker-1"));
        lease.renew(Fixtures.status("worker-1"), BatchOrigin.NONE);
        long left = TimeUnit.NANOSECONDS.toMillis(lease.deadlineNanos() - System.nanoTime());
        long remaining = cluster.leases().workers().getFirst().remainingMillis();
        assertThat(left).isPositive().isLessThanOrEqualTo(remaining - Leases.MARGIN_MILLIS + 100);
    }

    @Test
    void aRenewalTellsStateVersionCursorAndScenario() {
        LeaderLease leader = cluster.leader().acquire("test").orElseThrow();
        cluster.lifecycle().begin(leader, Fixtures.plan("run-1", 1));
        cluster.plans().assign(leader, Fixtures.assignment("run-1", 1, 4));
        cluster.scenario().announce(leader, new ScenarioRef("ab".repeat(32), "ShopVU", "ShopVU.java"));
        WorkerLease lease = cluster.leases().join(Fixtures.status("worker-1"));
        BatchOrigin origin = new BatchOrigin("run-1", "worker-1", lease.fence());
        cluster.metrics().advance(leader, "run-1", java.util.Map.of(origin, 17L), Metrics.START);
        Renewal renewal = lease.renew(Fixtures.status("worker-1"), origin);
        assertThat(renewal.state().state()).isEqualTo(ClusterState.State.PREPARING);
        assertThat(renewal.state().version()).isEqualTo(4);
        assertThat(renewal.cursor()).isEqualTo(17);
        assertThat(renewal.scenarioDigest()).isEqualTo("ab".repeat(32));
    }

    @Test
    void aNameIsTakenWhileItsLeaseLasts() {
        WorkerLease first = cluster.leases().join(Fixtures.status("worker-1"));
        assertThatThrownBy(() -> cluster.leases().join(Fixtures.status("worker-1")))
                .isInstanceOfSatisfying(
                        WorkerIdTakenException.class,
                        e -> assertThat(e.remainingMillis()).isBetween(1L, Leases.TTL_MILLIS))
                .hasMessage(
                        "worker id worker-1 is taken by process 4711 on host-1: give this worker another --worker-id");
        first.release(Fixtures.status("worker-1"));
        WorkerLease second = cluster.leases().join(Fixtures.status("worker-1"));
        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThat(first.renew(Fixtures.status("worker-1"), BatchOrigin.NONE).held())
                .isFalse();
        first.release(Fixtures.status("worker-1"));
        assertThat(second.renew(Fixtures.status("worker-1"), BatchOrigin.NONE).held())
                .as("a stale release does no harm")
                .isTrue();
    }

    @Test
    void aLeaseThatRanOutNeverComesBackAndTheWorkerStaysListed() {
        WorkerLease lease = cluster.leases().join(Fixtures.status("worker-1"));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> !cluster.leases().workers().getFirst().alive());
        assertThat(lease.deadlineNanos() - System.nanoTime())
                .as("it knew before")
                .isNegative();
        assertThat(lease.renew(Fixtures.status("worker-1"), BatchOrigin.NONE).held())
                .isFalse();
        WorkerLease again = cluster.leases().join(Fixtures.status("worker-1"));
        assertThat(again.fence()).isGreaterThan(lease.fence());
        assertThat(cluster.leases().workers()).singleElement().matches(WorkerView::alive);
    }

    @Test
    void fencesGrowEvenWhenRedisLosesItsData() {
        long before = cluster.leases().join(Fixtures.status("worker-1")).fence();
        try (Redis raw = new Redis(redis.url())) {
            Keys keys = new Keys(name);
            raw.call(r -> r.del(keys.fence(), keys.workers(), keys.worker("worker-1")));
        }
        assertThat(cluster.leases().join(Fixtures.status("worker-1")).fence()).isGreaterThan(before);
    }

    @Test
    void onlyOneLeads() {
        try (Cluster other = Cluster.connect(redis.url(), name)) {
            LeaderLease first = cluster.leader().acquire("first").orElseThrow();
            assertThat(first.held()).isTrue();
            assertThat(other.leader().acquire("second")).isEmpty();
            assertThat(other.leader().current().orElseThrow().name()).isEqualTo("first");
            assertThat(first.renew()).isTrue();
            first.close();
            assertThat(first.held()).isFalse();
            LeaderLease second = other.leader().acquire("second").orElseThrow();
            assertThat(second.token()).isGreaterThan(first.token());
            assertThat(first.renew()).isFalse();
            first.close();
            assertThat(second.renew()).as("a stale close does no harm").isTrue();
        }
    }

    @Test
    void whoLeadsFollowsTheClockOfRedisAsWorkersDo() {
        LeaderLease leader = cluster.leader().acquire("first").orElseThrow();
        long now = System.nanoTime();
        cluster.clock().offer(now, now, cluster.clock().microsAt(now) - 10_000_000);
        try (Cluster other = Cluster.connect(redis.url(), name)) {
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                assertThat(leader.renew()).isTrue();
                return Math.abs(cluster.clock().nowMicros() - other.clock().nowMicros()) < 1_000_000;
            });
        }
    }

    @Test
    void aLeaderThatGoesSilentIsReplaced() {
        LeaderLease first = cluster.leader().acquire("first").orElseThrow();
        LeaderLease second = await().atMost(Duration.ofSeconds(10))
                .until(() -> cluster.leader().acquire("second"), java.util.Optional::isPresent)
                .orElseThrow();
        assertThat(first.held()).isFalse();
        assertThat(first.renew()).isFalse();
        assertThat(second.held()).isTrue();
    }

    @Test
    void whenAnEarlierLeaseWasRenewedLastIsKeptWithTheOneThatTookItsPlace() {
        WorkerLease first = cluster.leases().join(Fixtures.status("worker-1"));
        first.renew(Fixtures.status("worker-1"), BatchOrigin.NONE);
        long seen = cluster.leases().workers().getFirst().lastSeenMillis();
        first.release(Fixtures.status("worker-1"));
        long left = cluster.leases().workers().getFirst().lastSeenMillis();
        WorkerLease second = cluster.leases().join(Fixtures.status("worker-1"));
        second.release(Fixtures.status("worker-1"));
        WorkerLease third = cluster.leases().join(Fixtures.status("worker-1"));

        WorkerView view = cluster.leases().workers().getFirst();
        assertThat(view.status().fence()).isEqualTo(third.fence());
        assertThat(view.earlier()).containsOnlyKeys(first.fence(), second.fence());
        assertThat(view.earlier().get(first.fence())).isEqualTo(left).isGreaterThanOrEqualTo(seen);
    }

    @Test
    void ofAWorkerThatJoinsAgainAndAgainTheNewestLeasesAreKept() {
        for (int i = 0; i < 50; i++) {
            cluster.leases().join(Fixtures.status("worker-1")).release(Fixtures.status("worker-1"));
        }
        assertThat(cluster.leases().workers().getFirst().earlier()).hasSizeBetween(5, 10);
    }
}
