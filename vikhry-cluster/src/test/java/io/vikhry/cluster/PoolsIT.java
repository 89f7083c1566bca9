package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vikhry.redis.RedisFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PoolsIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    private final String name = Fixtures.freshCluster();
    private Cluster cluster;
    private Pools pools;
    private LeaderLease leader;
    private WorkerLease lease;

    @BeforeEach
    void connect() {
        cluster = Cluster.connect(redis.url(), name);
        pools = cluster.pools();
        leader = cluster.leader().acquire("test").orElseThrow();
        cluster.lifecycle().begin(leader, Fixtures.plan("run-1", 1));
        lease = cluster.leases().join(Fixtures.status("worker-1"));
    }

    @AfterEach
    void disconnect() {
        cluster.close();
    }

    private Holder holder(long vu) {
        return new Holder("run-1", "worker-1", lease.fence(), vu);
    }

    private void make(int count) {
        pools.ensure("users", count);
        for (PoolWork work : pools.take(List.of("users"), "worker-1", lease.fence(), count)) {
            assertThat(pools.made("worker-1", lease.fence(), work, "{\"id\":\"" + work.id() + "\"}"))
                    .isTrue();
        }
    }

    private PoolCounts counts() {
        return pools.counts("users").orElseThrow();
    }

    @Test
    void itemsAreOrderedMadeAndOnlyThenAvailable() {
        assertThat(pools.acquire("users", holder(1), 1)).isInstanceOf(Acquisition.NoPool.class);
        assertThat(pools.ensure("users", 3)).isEqualTo(3);
        assertThat(pools.ensure("users", 3)).as("again").isZero();
        assertThat(pools.acquire("users", holder(1), 1)).isInstanceOf(Acquisition.Empty.class);
        List<PoolWork> work = pools.take(List.of("users"), "worker-1", lease.fence(), 2);
        assertThat(work).containsExactly(new PoolWork("users", "1", 1), new PoolWork("users", "2", 1));
        assertThat(counts())
                .extracting(PoolCounts::created, PoolCounts::pending)
                .containsExactly(0L, 3L);
        assertThat(pools.made("worker-1", lease.fence(), work.getFirst(), "{}")).isTrue();
        assertThat(pools.made("worker-1", lease.fence(), work.getFirst(), "{}"))
                .as("twice")
                .isFalse();
        assertThat(pools.acquire("users", holder(1), 1)).isEqualTo(new Acquisition.Granted("1", "{}"));
        assertThat(counts()).isEqualTo(new PoolCounts("users", 1, 0, 1, 0, 2, 0, 0, 0));
    }

    @Test
    void twoConnectionsNeverGetTheSameItem() throws Exception {
        make(200);
        Set<String> granted = ConcurrentHashMap.newKeySet();
        try (Cluster other = Cluster.connect(redis.url(), name);
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            WorkerLease second = other.leases().join(Fixtures.status("worker-2"));
            List<Callable<Integer>> takers = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                int vu = t;
                Pools mine = t % 2 == 0 ? pools : other.pools();
                Holder holder = t % 2 == 0 ? holder(vu) : new Holder("run-1", "worker-2", second.fence(), vu);
                takers.add(() -> {
                    int count = 0;
                    while (mine.acquire("users", holder, 1) instanceof Acquisition.Granted(String id, String json)) {
                        assertThat(json).contains(id);
                        assertThat(granted.add(id)).as("item %s given once", id).isTrue();
                        count++;
                    }
                    return count;
                });
            }
            int total = 0;
            for (Future<Integer> taken : threads.invokeAll(takers)) {
                total += taken.get();
            }
            assertThat(total).isEqualTo(200);
            assertThat(counts())
                    .extracting(PoolCounts::available, PoolCounts::leased)
                    .containsExactly(0L, 200L);
            int back = 0;
            for (int vu = 0; vu < 8; vu++) {
                back += pools.releaseAll(
                        vu % 2 == 0 ? holder(vu) : new Holder("run-1", "worker-2", second.fence(), vu));
            }
            assertThat(back).isEqualTo(200);
            assertThat(counts().available()).isEqualTo(200);
        }
    }

    @Test
    void onlyItsHolderGivesAnItemBackAndOnlyOnce() {
        make(1);
        pools.acquire("users", holder(1), 1);
        assertThat(pools.release("users", "1", holder(2))).isFalse();
        assertThat(pools.release("users", "99", holder(1))).as("never made").isFalse();
        assertThat(pools.release("users", "1", holder(1))).isTrue();
        assertThat(pools.release("users", "1", holder(1))).isFalse();
        assertThat(counts().available()).isEqualTo(1);
        assertThat(pools.releaseAll(holder(1))).isZero();
    }

    @Test
    void itemsAreGivenOutInTheOrderTheyCameBack() {
        make(3);
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Acquisition.Granted granted = (Acquisition.Granted) pools.acquire("users", holder(1), 1);
            order.add(granted.id());
            pools.release("users", granted.id(), holder(1));
        }
        assertThat(order).containsExactly("1", "2", "3", "1", "2");
    }

    @Test
    void aStaleFenceOrRunGetsNothing() {
        make(1);
        assertThat(pools.acquire("users", new Holder("run-0", "worker-1", lease.fence(), 1), 1))
                .isInstanceOf(Acquisition.Void.class);
        assertThat(pools.acquire("users", new Holder("run-1", "worker-1", lease.fence() - 1, 1), 1))
                .isInstanceOf(Acquisition.Void.class);
        lease.release(Fixtures.status(lease.workerId()));
        assertThat(pools.acquire("users", holder(1), 1)).isInstanceOf(Acquisition.Void.class);
        pools.ensure("users", 2);
        assertThat(pools.take(List.of("users"), "worker-1", lease.fence(), 5)).isEmpty();
    }

    @Test
    void whatADeadWorkerHeldOrWasMakingComesBackOnceItsLeaseIsGone() {
        make(3);
        pools.acquire("users", holder(1), 1);
        pools.acquire("users", holder(1), 1);
        pools.acquire("users", holder(2), 1);
        pools.ensure("users", 4);
        PoolWork work =
                pools.take(List.of("users"), "worker-1", lease.fence(), 1).getFirst();
        assertThat(pools.reclaim(leader, "run-1")).as("while it lives").isZero();
        await().atMost(Duration.ofSeconds(10)).until(() -> leader.renew() && pools.reclaim(leader, "run-1") == 3);
        assertThat(counts()).isEqualTo(new PoolCounts("users", 3, 3, 0, 0, 1, 0, 0, 3));
        assertThat(pools.release("users", "1", holder(1))).as("too late").isFalse();
        assertThat(pools.made("worker-1", lease.fence(), work, "{}"))
                .as("too late")
                .isFalse();
        WorkerLease next = cluster.leases().join(Fixtures.status("worker-1"));
        assertThat(pools.take(List.of("users"), "worker-1", next.fence(), 5))
                .as("the attempt did not count")
                .containsExactly(new PoolWork("users", "4", 1));
    }

    @Test
    void whatAnEarlierRunHeldComesBack() {
        make(2);
        pools.acquire("users", holder(1), 1);
        assertThat(pools.reclaim(leader, "run-2")).isEqualTo(1);
        assertThat(counts().available()).isEqualTo(2);
        leader.close();
        cluster.leader().acquire("next").orElseThrow();
        assertThat(pools.reclaim(leader, "run-2")).isEqualTo(-1);
    }

    @Test
    void anItemThatCannotBeMadeIsTriedThreeTimes() {
        pools.ensure("users", 1);
        for (int attempt = 1; attempt <= 3; attempt++) {
            PoolWork work =
                    pools.take(List.of("users"), "worker-1", lease.fence(), 1).getFirst();
            assertThat(work).isEqualTo(new PoolWork("users", "1", attempt));
            assertThat(pools.failed("worker-1", lease.fence(), work, "refused by the server"))
                    .isTrue();
        }
        assertThat(pools.take(List.of("users"), "worker-1", lease.fence(), 1)).isEmpty();
        assertThat(counts()).isEqualTo(new PoolCounts("users", 0, 0, 0, 0, 0, 1, 0, 0));
        assertThat(pools.items("users", 1, 10))
                .containsExactly(new PoolItem("1", PoolItem.State.FAILED, null, null, "refused by the server"));
        assertThat(pools.ensure("users", 1))
                .as("a new one is ordered in its place")
                .isEqualTo(1);
        assertThat(pools.take(List.of("users"), "worker-1", lease.fence(), 1)
                        .getFirst()
                        .id())
                .isEqualTo("2");
    }

    @Test
    void usersThatWaitAreCountedAsLongAsTheyWait() {
        make(1);
        pools.acquire("users", holder(1), 1);
        pools.acquire("users", holder(2), 7);
        assertThat(counts().waiting()).isEqualTo(7);
        pools.release("users", "1", holder(1));
        pools.acquire("users", holder(2), 7);
        assertThat(counts().waiting()).isEqualTo(6);
        pools.waiting("users", holder(2), 0);
        assertThat(counts().waiting()).isZero();
    }

    @Test
    void aQuarantinedItemIsGivenToNobody() {
        make(2);
        pools.acquire("users", holder(1), 1);
        assertThat(pools.quarantine("users", "1", "locked out")).isTrue();
        assertThat(pools.quarantine("users", "2", "expired")).isTrue();
        assertThat(pools.quarantine("users", "3", "none")).isFalse();
        assertThat(pools.release("users", "1", holder(1))).isFalse();
        assertThat(pools.releaseAll(holder(1))).isZero();
        assertThat(pools.acquire("users", holder(1), 1)).isInstanceOf(Acquisition.Empty.class);
        assertThat(counts().quarantined()).isEqualTo(2);
        assertThat(pools.ensure("users", 2)).as("they are replaced").isEqualTo(2);
    }

    @Test
    void itemsAreListedByPage() {
        make(5);
        pools.acquire("users", holder(9), 1);
        assertThat(pools.items("users", 1, 2))
                .containsExactly(
                        new PoolItem("1", PoolItem.State.LEASED, "{\"id\":\"1\"}", holder(9), null),
                        new PoolItem("2", PoolItem.State.AVAILABLE, "{\"id\":\"2\"}", null, null));
        assertThat(pools.items("users", 3, 100)).extracting(PoolItem::id).containsExactly("3", "4", "5");
        assertThat(pools.items("users", 6, 100)).isEmpty();
    }

    @Test
    void aPoolIsDeletedOnlyWhenNobodyHoldsOfIt() {
        make(2);
        pools.acquire("users", holder(1), 1);
        assertThat(pools.delete("users")).isFalse();
        pools.releaseAll(holder(1));
        assertThat(pools.delete("users")).isTrue();
        assertThat(pools.delete("users")).isFalse();
        assertThat(pools.counts()).isEmpty();
    }

    @Test
    void manyItemsAreOrderedInOneGo() {
        assertThat(pools.ensure("users", 12_345)).isEqualTo(12_345);
        assertThat(counts().pending()).isEqualTo(12_345);
        assertThatThrownBy(() -> pools.ensure("users", Pools.MAX_ITEMS + 1)).isInstanceOf(ClusterException.class);
        assertThatThrownBy(() -> pools.ensure("a/b", 1)).hasMessageContaining("pool \"a/b\" is no name");
    }
}
