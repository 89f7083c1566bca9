package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.cluster.Commons.Barrier;
import io.vikhry.cluster.Commons.Once;
import io.vikhry.redis.RedisFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CommonsIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    private final String name = Fixtures.freshCluster();
    private Cluster cluster;
    private Commons commons;
    private LeaderLease leader;
    private WorkerLease one;
    private WorkerLease two;

    @BeforeEach
    void connect() {
        cluster = Cluster.connect(redis.url(), name);
        commons = cluster.commons();
        leader = cluster.leader().acquire("test").orElseThrow();
        cluster.lifecycle().begin(leader, Fixtures.plan("run-1", 1));
        one = cluster.leases().join(Fixtures.status("worker-1"));
        two = cluster.leases().join(Fixtures.status("worker-2"));
    }

    @AfterEach
    void disconnect() {
        cluster.close();
    }

    private static Holder user(WorkerLease lease, long vu) {
        return new Holder("run-1", lease.workerId(), lease.fence(), vu);
    }

    private Barrier.State barrier(WorkerLease lease, int came, int need, long version) {
        return commons.barrier("warm", user(lease, 0), came, need, version).state();
    }

    @Test
    void oneComputesAndAllHaveIt() {
        assertThat(commons.once("token", user(one, 1))).isInstanceOf(Once.Compute.class);
        assertThat(commons.once("token", user(two, 2))).isInstanceOf(Once.Wait.class);
        assertThat(commons.settle("token", user(two, 2), Commons.Outcome.VALUE, "\"mine\""))
                .as("not its to compute")
                .isFalse();
        assertThat(commons.settle("token", user(one, 1), Commons.Outcome.VALUE, "\"t\""))
                .isTrue();
        assertThat(commons.once("token", user(two, 2))).isEqualTo(new Once.Value("\"t\""));
        assertThat(commons.once("other", user(two, 2))).isInstanceOf(Once.Compute.class);
    }

    @Test
    void whenItsWorkerIsGoneAnotherComputesAndTheFirstIsNotBelieved() {
        commons.once("token", user(one, 1));
        one.release(Fixtures.status("worker-1"));
        assertThat(commons.once("token", user(two, 2))).isInstanceOf(Once.Compute.class);
        assertThat(commons.settle("token", user(one, 1), Commons.Outcome.VALUE, "\"stale\""))
                .isFalse();
        assertThat(commons.once("token", user(one, 1))).isInstanceOf(Once.Void.class);
    }

    @Test
    void itFailsForAllAfterThreeFailuresButNotForUsersThatWereEnded() {
        for (int failure = 1; failure <= 3; failure++) {
            assertThat(commons.once("token", user(one, 1))).isInstanceOf(Once.Compute.class);
            commons.settle("token", user(one, 1), Commons.Outcome.LEFT, "ended");
            assertThat(commons.once("token", user(two, 2))).isInstanceOf(Once.Compute.class);
            commons.settle("token", user(two, 2), Commons.Outcome.FAILED, "no | luck " + failure);
        }
        assertThat(commons.once("token", user(one, 1))).isEqualTo(new Once.Failed("no | luck 3"));
    }

    @Test
    void aBarrierOpensWhenAllHaveComeAndStaysOpen() {
        assertThat(barrier(one, 3, 5, 1)).isEqualTo(Barrier.State.SHUT);
        assertThat(commons.barrier("warm", user(two, 0), 1, 5, 1)).isEqualTo(new Barrier(Barrier.State.SHUT, 4, 5));
        assertThat(barrier(one, 2, 5, 1)).as("one went away").isEqualTo(Barrier.State.SHUT);
        assertThat(barrier(two, 2, 5, 1)).isEqualTo(Barrier.State.SHUT);
        assertThat(barrier(two, 3, 5, 1)).isEqualTo(Barrier.State.OPEN);
        assertThat(barrier(one, 0, 50, 2)).as("later").isEqualTo(Barrier.State.OPEN);
    }

    @Test
    void usersThatAreGoneCountOutAndTheNewestLoadCounts() {
        assertThat(barrier(one, 2, 5, 2)).isEqualTo(Barrier.State.SHUT);
        assertThat(barrier(two, 2, 4, 1)).as("an older load").isEqualTo(Barrier.State.SHUT);
        commons.gone(user(two, 0), 1);
        assertThat(barrier(two, 2, 4, 1)).isEqualTo(Barrier.State.OPEN);
    }

    @Test
    void whatAWorkerSaidThatIsGoneDoesNotCount() {
        barrier(one, 3, 5, 1);
        commons.gone(user(one, 0), 1);
        one.release(Fixtures.status("worker-1"));
        assertThat(barrier(two, 2, 5, 1)).isEqualTo(Barrier.State.SHUT);
        assertThat(barrier(one, 3, 5, 1)).isEqualTo(Barrier.State.VOID);
        assertThat(barrier(two, 5, 5, 1)).isEqualTo(Barrier.State.OPEN);
    }

    @Test
    void whoIsGoneIsForgottenWithTheRun() {
        cluster.lifecycle().move(leader, 1, ClusterState.State.PREPARING, ClusterState.State.STOPPING);
        cluster.lifecycle().move(leader, 1, ClusterState.State.STOPPING, ClusterState.State.IDLE);

        commons.gone(user(one, 0), 3);

        try (Redis raw = new Redis(redis.url())) {
            long left = raw.call(r -> r.pttl(new Keys(name).gone("run-1")));
            assertThat(left).isPositive();
        }
    }
}
