package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vikhry.cluster.Acquisition.Granted;
import io.vikhry.redis.SentinelFixture;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real Redis with a replica and a Sentinel: what counts outlives the Redis, and what would not does not count. */
class SentinelIT {
    private static final Duration BOUND = Duration.ofSeconds(20);

    private SentinelFixture redis;
    private Cluster cluster;
    private LeaderLease leader;
    private WorkerLease worker;

    @BeforeEach
    void connect() throws Exception {
        redis = SentinelFixture.open();
        cluster = Cluster.connect(redis.url(), "sentinel");
        leader = cluster.leader().acquire("test").orElseThrow();
        cluster.lifecycle().begin(leader, Fixtures.plan("run-1", 1));
        worker = cluster.leases().join(Fixtures.status("worker-1"));
        cluster.orders().put("users", List.of("\"one\"", "\"two\""));
    }

    @AfterEach
    void disconnect() throws Exception {
        cluster.close();
        redis.close();
    }

    private Acquisition acquire(WorkerLease lease, long vu, long request) {
        Holder holder = new Holder("run-1", lease.workerId(), lease.fence(), vu);
        long now = cluster.clock().nowMicros();
        return cluster.pools().acquire("users", holder, 1, now, now, request);
    }

    private Renewal renew() {
        return worker.renew(Fixtures.status("worker-1"), BatchOrigin.NONE);
    }

    /** Whether Redis does what it is asked for again. */
    private boolean served() {
        try {
            renew();
            return true;
        } catch (ClusterException e) {
            return false;
        }
    }

    @Test
    void whatWasSaidOutlivesTheRedisThatSaidIt() {
        Granted held = (Granted) acquire(worker, 1, 1);
        Optional<String> before = cluster.leadingRedis();

        redis.killPrimary();
        await().atMost(BOUND).until(this::served);

        assertThat(cluster.leadingRedis()).isPresent().isNotEqualTo(before);
        assertThat(cluster.lifecycle().state())
                .extracting(ClusterState::state, ClusterState::epoch, ClusterState::runId)
                .containsExactly(ClusterState.State.PREPARING, 1L, "run-1");
        WorkerLease other = cluster.leases().join(Fixtures.status("worker-2"));
        assertThat(other.fence()).as("fences only grow").isGreaterThan(worker.fence());
        Acquisition second = acquire(other, 2, 1);
        assertThat(second).as("the item that is held is given to nobody").isInstanceOf(Granted.class);
        assertThat(((Granted) second).id()).isNotEqualTo(held.id());
        assertThat(acquire(other, 3, 2)).isInstanceOf(Acquisition.Empty.class);
        await().atMost(BOUND)
                .until(() -> cluster.leader()
                        .acquire("next")
                        .filter(next -> next.token() > leader.token())
                        .isPresent());
    }

    @Test
    void aRedisThatIsCutOffFromItsReplicaRenewsNobody() throws Exception {
        assertThat(renew().held()).isTrue();
        long deadline = worker.deadlineNanos();

        redis.freezeReplica(true);
        assertThatThrownBy(this::renew)
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("has lost its replicas");
        assertThatThrownBy(() -> acquire(worker, 1, 1)).isInstanceOf(ClusterException.class);

        redis.freezeReplica(false);
        await().atMost(BOUND).until(this::served);
        assertThat(deadline).as("the time in which it counted").isLessThan(worker.deadlineNanos());
        Acquisition first = acquire(worker, 1, 1);
        assertThat(first).isInstanceOf(Granted.class);
        assertThat(cluster.pools().counts("users").orElseThrow().leased())
                .as("asked again, it is granted what it was")
                .isEqualTo(1);
    }

    @Test
    void whoHangsOnAFrozenRedisIsLedToTheOneThatTookItsPlace() throws Exception {
        Optional<String> before = cluster.leadingRedis();
        redis.freezePrimary(true);
        try {
            await().atMost(BOUND).until(this::served);
            assertThat(cluster.leadingRedis()).isPresent().isNotEqualTo(before);
        } finally {
            redis.freezePrimary(false);
        }
        long epoch = cluster.lifecycle().state().epoch();
        assertThat(epoch).isEqualTo(1);
    }
}
