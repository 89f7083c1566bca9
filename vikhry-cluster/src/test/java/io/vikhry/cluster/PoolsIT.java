package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.cluster.Acquisition.Granted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PoolsIT extends PoolFixture {
    @Test
    void twoConnectionsNeverGetTheSameItem() throws Exception {
        make(200);
        Set<String> granted = ConcurrentHashMap.newKeySet();
        Set<Long> numbers = ConcurrentHashMap.newKeySet();
        try (Cluster other = Cluster.connect(redis.url(), name);
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            WorkerLease second = other.leases().join(Fixtures.status("worker-2"));
            List<Callable<Integer>> takers = new ArrayList<>();
            AtomicLong asked = new AtomicLong();
            for (int t = 0; t < 8; t++) {
                int vu = t;
                Pools mine = t % 2 == 0 ? pools : other.pools();
                Holder holder = t % 2 == 0 ? holder(vu) : new Holder("run-1", "worker-2", second.fence(), vu);
                takers.add(() -> {
                    int count = 0;
                    while (mine.acquire("users", holder, 1, 1, 1, asked.incrementAndGet())
                            instanceof Granted(String id, String json, long number)) {
                        assertThat(json).contains(id);
                        assertThat(granted.add(id)).as("item %s given once", id).isTrue();
                        assertThat(numbers.add(number)).isTrue();
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
    void whoWaitedLongestInTheWholeClusterIsServedFirst() {
        make(1);
        Granted held = (Granted) acquire(1);
        WorkerLease second = cluster.leases().join(Fixtures.status("worker-2"));
        Holder there = new Holder("run-1", "worker-2", second.fence(), 2);
        assertThat(acquire(there, 2, 1_000)).isInstanceOf(Acquisition.Empty.class);
        assertThat(acquire(holder(3), 1, 2_000)).isInstanceOf(Acquisition.Empty.class);
        pools.release("users", held.id(), holder(1));
        assertThat(acquire(holder(3), 1, 2_000)).as("not its turn").isInstanceOf(Acquisition.Empty.class);
        assertThat(pools.acquire("users", there, 2, 1_000, 3_000, ++requests)).isInstanceOf(Granted.class);
        pools.release("users", held.id(), there);
        assertThat(acquire(there, 1, 3_000)).as("its second came later").isInstanceOf(Acquisition.Empty.class);
        assertThat(acquire(holder(3), 1, 2_000)).isInstanceOf(Granted.class);
    }

    @Test
    void aWorkerIsToldWhenItIsItsTurn() throws Exception {
        make(1);
        acquire(1);
        CountDownLatch rung = new CountDownLatch(1);
        assertThat(acquire(holder(2), 1, 1_000)).isInstanceOf(Acquisition.Empty.class);
        try (Bell bell = pools.listen(holder(2), rung::countDown)) {
            assertThat(rung.await(200, TimeUnit.MILLISECONDS)).as("too soon").isFalse();
            acquire(holder(2), 1, 1_000);
            pools.release("users", "1", holder(1));
            assertThat(rung.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aWorkerThatIsNotHeardOfHoldsNobodyUpForLongerThanASecond() {
        make(1);
        acquire(1);
        WorkerLease second = cluster.leases().join(Fixtures.status("worker-2"));
        acquire(new Holder("run-1", "worker-2", second.fence(), 2), 1, 1_000);
        pools.release("users", "1", holder(1));
        long began = System.nanoTime();
        await().pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(5))
                .until(() -> acquire(holder(3), 1, 2_000) instanceof Granted);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(Duration.ofMillis(500), Duration.ofMillis(2_000));
    }

    @Test
    void onlyItsHolderGivesAnItemBackAndOnlyOnce() {
        make(1);
        acquire(1);
        assertThat(pools.release("users", "1", holder(2))).isFalse();
        assertThat(pools.release("users", "99", holder(1))).as("never made").isFalse();
        assertThat(pools.release("users", "1", holder(1))).isTrue();
        assertThat(pools.release("users", "1", holder(1))).isFalse();
        assertThat(counts().available()).isEqualTo(1);
        assertThat(pools.releaseAll(holder(1))).isZero();
    }

    @Test
    void itemsAreGivenOutInTheOrderTheyCameBackUnderNumbersThatGrow() {
        make(3);
        List<String> order = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Granted granted = (Granted) acquire(1);
            order.add(granted.id());
            numbers.add(granted.number());
            pools.release("users", granted.id(), holder(1));
        }
        assertThat(order).containsExactly("1", "2", "3", "1", "2");
        assertThat(numbers).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aStaleFenceOrRunGetsNothing() {
        make(1);
        assertThat(acquire(new Holder("run-0", "worker-1", lease.fence(), 1), 1, 1))
                .isInstanceOf(Acquisition.Void.class);
        assertThat(acquire(new Holder("run-1", "worker-1", lease.fence() - 1, 1), 1, 1))
                .isInstanceOf(Acquisition.Void.class);
        lease.release(Fixtures.status(lease.workerId()));
        assertThat(acquire(1)).isInstanceOf(Acquisition.Void.class);
        ensure(2);
        assertThat(take(5)).isEmpty();
    }

    @Test
    void whatADeadWorkerHeldOrWasMakingComesBackOnceItsLeaseIsGone() {
        make(3);
        acquire(1);
        acquire(1);
        acquire(2);
        ensure(4);
        PoolWork work = take(1).getFirst();
        assertThat(pools.reclaim(leader)).as("while it lives").isZero();
        await().atMost(Duration.ofSeconds(10)).until(() -> leader.renew() && pools.reclaim(leader) == 3);
        assertThat(counts())
                .extracting(
                        PoolCounts::created,
                        PoolCounts::available,
                        PoolCounts::leased,
                        PoolCounts::pending,
                        PoolCounts::reclaimed)
                .containsExactly(3L, 3L, 0L, 1L, 3L);
        assertThat(pools.release("users", "1", holder(1))).as("too late").isFalse();
        assertThat(orders.made("worker-1", lease.fence(), work, "{}"))
                .as("too late")
                .isFalse();
        lease = cluster.leases().join(Fixtures.status("worker-1"));
        assertThat(take(5)).as("the attempt did not count").containsExactly(work("4", 1));
    }

    @Test
    void whatAnEarlierRunHeldComesBackOnceItIsOver() {
        make(2);
        acquire(1);
        cluster.lifecycle().move(leader, 1, ClusterState.State.PREPARING, ClusterState.State.STOPPING);
        assertThat(pools.reclaim(leader)).as("while it ends").isZero();
        cluster.lifecycle().move(leader, 1, ClusterState.State.STOPPING, ClusterState.State.IDLE);
        assertThat(pools.reclaim(leader)).isEqualTo(1);
        assertThat(counts().available()).isEqualTo(2);
        leader.close();
        cluster.leader().acquire("next").orElseThrow();
        assertThat(pools.reclaim(leader)).isEqualTo(-1);
    }

    @Test
    void aRequestWhoseAnswerWasLostIsGrantedTheSameAgain() {
        make(3);
        long now = cluster.clock().nowMicros();
        Acquisition lost = pools.acquire("users", holder(1), 1, now, now, 100);

        assertThat(pools.acquire("users", holder(1), 1, now, now, 100)).isEqualTo(lost);
        assertThat(counts().leased()).isEqualTo(1);
        Acquisition second = pools.acquire("users", holder(1), 1, now, now, 101);
        assertThat(second).isInstanceOf(Granted.class).isNotEqualTo(lost);
        assertThat(pools.acquire("users", holder(2), 1, now, now, 101))
                .as("another user's")
                .isInstanceOf(Granted.class)
                .isNotEqualTo(second);
        assertThat(counts().leased()).isEqualTo(3);
    }

    @Test
    void aRequestIsGrantedNothingThatWentBackMeanwhile() {
        make(1);
        long now = cluster.clock().nowMicros();
        Granted first = (Granted) pools.acquire("users", holder(1), 1, now, now, 100);
        pools.releaseAll(holder(1));
        acquire(2);

        assertThat(pools.acquire("users", holder(1), 1, now, now, 100)).isInstanceOf(Acquisition.Empty.class);
        assertThat(pools.release("users", first.id(), holder(1))).isFalse();
    }

    @Test
    void usersThatWaitAreCountedAsLongAsTheyWait() {
        make(1);
        acquire(1);
        acquire(holder(2), 7, 1_000);
        assertThat(counts().waiting()).isEqualTo(7);
        pools.release("users", "1", holder(1));
        acquire(holder(2), 7, 1_000);
        assertThat(counts().waiting()).isEqualTo(6);
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(counts().waiting()).isZero());
    }
}
