package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.vikhry.cluster.Acquisition.Granted;
import io.vikhry.redis.RedisFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PoolsIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    private static final Recipe RECIPE = new Recipe("d".repeat(64), Map.of("baseUrl", "http://127.0.0.1:9"));

    private final String name = Fixtures.freshCluster();
    private Cluster cluster;
    private Pools pools;
    private Orders orders;
    private LeaderLease leader;
    private long requests;
    private WorkerLease lease;

    @BeforeEach
    void connect() {
        cluster = Cluster.connect(redis.url(), name);
        pools = cluster.pools();
        orders = cluster.orders();
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

    /** Asks for one user that came now, as nobody else of its worker waits. */
    private Acquisition acquire(long vu) {
        return acquire(holder(vu), 1, cluster.clock().nowMicros());
    }

    private Acquisition acquire(Holder holder, int waiting, long since) {
        return pools.acquire("users", holder, waiting, since, since + 1, ++requests);
    }

    private int order(String pool, int count, Recipe recipe) {
        return orders.ensure(leader, Orders.Customer.RUN, pool, count, recipe);
    }

    private List<PoolWork> take(int count) {
        return orders.take(List.of("users"), RECIPE.bundleDigest(), "worker-1", lease.fence(), count);
    }

    private void ensure(int count) {
        order("users", count, RECIPE);
    }

    private void make(int count) {
        ensure(count);
        for (PoolWork work : take(count)) {
            assertThat(orders.made("worker-1", lease.fence(), work, "{\"id\":\"" + work.id() + "\"}"))
                    .isTrue();
        }
    }

    private PoolCounts counts() {
        return pools.counts("users").orElseThrow();
    }

    private PoolItem item(String id) {
        return pools.items("users", Long.parseLong(id) - 1, 1, null).items().getFirst();
    }

    private static PoolWork work(String id, int attempt) {
        return new PoolWork("users", id, attempt, RECIPE.params());
    }

    @Test
    void itemsAreOrderedMadeAndOnlyThenAvailable() {
        assertThat(acquire(1)).isInstanceOf(Acquisition.NoPool.class);
        assertThat(order("users", 3, RECIPE)).isEqualTo(3);
        assertThat(order("users", 3, RECIPE)).as("again").isZero();
        assertThat(acquire(1)).isInstanceOf(Acquisition.Empty.class);
        List<PoolWork> work = take(2);
        assertThat(work).containsExactly(work("1", 1), work("2", 1));
        assertThat(counts())
                .extracting(PoolCounts::created, PoolCounts::pending, PoolCounts::ordered, PoolCounts::made)
                .containsExactly(0L, 3L, 3L, 0L);
        assertThat(orders.made("worker-1", lease.fence(), work.getFirst(), "{}"))
                .isTrue();
        assertThat(orders.made("worker-1", lease.fence(), work.getFirst(), "{}"))
                .as("twice")
                .isFalse();
        assertThat(acquire(1)).isEqualTo(new Granted("1", "{}", 1));
        assertThat(counts())
                .extracting(
                        PoolCounts::created,
                        PoolCounts::available,
                        PoolCounts::leased,
                        PoolCounts::pending,
                        PoolCounts::granted,
                        PoolCounts::made)
                .containsExactly(1L, 0L, 1L, 2L, 1L, 1L);
    }

    @Test
    void onlyAWorkerWithTheScenarioOfTheOrderMakesIt() {
        ensure(1);
        assertThat(orders.take(List.of("users"), "e".repeat(64), "worker-1", lease.fence(), 1))
                .isEmpty();
        assertThat(take(1)).containsExactly(work("1", 1));
    }

    @Test
    void createAddsToWhatIsThere() {
        make(2);
        orders.create(leader, "users", 3, RECIPE);
        assertThat(counts())
                .extracting(PoolCounts::created, PoolCounts::pending, PoolCounts::ordered)
                .containsExactly(2L, 3L, 3L);
        orders.put("users", List.of("\"given\""));
        assertThat(counts()).extracting(PoolCounts::created).isEqualTo(3L);
        assertThat(item("6").json()).isEqualTo("\"given\"");
    }

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
        assertThat(numbers).containsExactly(1L, 2L, 3L, 4L, 5L);
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
    void ordersThatAWorkerTookWithoutHearingOfItAreMadeAllTheSame() {
        ensure(3);
        List<PoolWork> heard = take(1);
        take(2);
        assertThat(take(3)).as("the answer was lost").isEmpty();

        assertThat(orders.untake("worker-1", lease.fence() + 1, heard))
                .as("by another lease")
                .isZero();
        assertThat(orders.untake("worker-1", lease.fence(), heard)).isEqualTo(2);

        assertThat(take(3)).containsExactlyInAnyOrder(work("2", 1), work("3", 1));
        assertThat(orders.made("worker-1", lease.fence(), heard.getFirst(), "{}"))
                .isTrue();
        assertThat(counts())
                .extracting(PoolCounts::created, PoolCounts::pending)
                .containsExactly(1L, 2L);
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
    void anItemThatCannotBeMadeIsTriedThreeTimesWithPauses() {
        ensure(1);
        for (int attempt = 1; attempt <= 3; attempt++) {
            List<PoolWork> work = await().pollInterval(Duration.ofMillis(10))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> take(1), taken -> !taken.isEmpty());
            assertThat(work).containsExactly(work("1", attempt));
            assertThat(orders.failed("worker-1", lease.fence(), work.getFirst(), "refused by the server"))
                    .isTrue();
            assertThat(take(1)).as("not at once").isEmpty();
        }
        assertThat(counts())
                .extracting(PoolCounts::created, PoolCounts::pending, PoolCounts::failed)
                .containsExactly(0L, 0L, 1L);
        assertThat(item("1"))
                .extracting(PoolItem::state, PoolItem::reason)
                .containsExactly(PoolItem.State.FAILED, "refused by the server");
        assertThat(order("users", 1, RECIPE))
                .as("a new one is ordered in its place")
                .isEqualTo(1);
        assertThat(counts().failed()).as("of the new order").isZero();
        assertThat(take(1).getFirst().id()).isEqualTo("2");
    }

    @Test
    void aStartThatIsGivenUpMakesNothingMore() {
        ensure(3);
        PoolWork begun = take(1).getFirst();
        orders.cancel(leader);
        assertThat(counts().pending()).isEqualTo(1);
        assertThat(take(5)).isEmpty();
        assertThat(orders.made("worker-1", lease.fence(), begun, "{}")).isTrue();
        assertThat(counts())
                .extracting(PoolCounts::created, PoolCounts::ordered, PoolCounts::pending)
                .containsExactly(1L, 1L, 0L);
        assertThat(pools.items("users", 0, 10, null).items()).hasSize(1);
    }

    @Test
    void whatAPersonOrderedIsMadeWhateverRunEnds() {
        orders.create(leader, "users", 2, RECIPE);
        PoolWork begun = take(1).getFirst();
        order("users", 5, RECIPE);
        assertThat(counts().pending()).isEqualTo(5);

        orders.cancel(leader);

        assertThat(counts())
                .extracting(PoolCounts::pending, PoolCounts::ordered)
                .containsExactly(2L, 2L);
        assertThat(orders.failed("worker-1", lease.fence(), begun, "no luck")).isTrue();
        orders.cancel(leader);
        List<PoolWork> rest = new ArrayList<>(take(5));
        await().pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(5))
                .until(() -> {
                    rest.addAll(take(5));
                    return rest.size() == 2;
                });
        assertThat(rest).containsExactlyInAnyOrder(work("2", 1), work("1", 2));
        rest.forEach(each -> orders.made("worker-1", lease.fence(), each, "{}"));
        order("users", 4, RECIPE);
        orders.cancel(leader);
        assertThat(counts())
                .as("the next run's are its own again")
                .extracting(PoolCounts::created, PoolCounts::pending)
                .containsExactly(2L, 0L);
    }

    @Test
    void whatIsStillToBeMadeIsMadeByTheScenarioThatIsThereNow() {
        ensure(3);
        Recipe next = new Recipe("e".repeat(64), Map.of("baseUrl", "http://127.0.0.1:10"));
        assertThat(order("users", 3, next)).as("enough is ordered").isZero();

        assertThat(take(3)).as("nobody has that scenario any more").isEmpty();
        assertThat(orders.take(List.of("users"), next.bundleDigest(), "worker-1", lease.fence(), 5))
                .hasSize(3)
                .allSatisfy(work -> assertThat(work.params()).isEqualTo(next.params()));
    }

    @Test
    void whoDoesNotLeadAnyMoreOrdersNothing() {
        leader.close();
        cluster.leader().acquire("next").orElseThrow();

        assertThat(order("users", 3, RECIPE)).isEqualTo(-1);
        assertThat(orders.create(leader, "users", 3, RECIPE)).isFalse();
        assertThat(pools.counts()).isEmpty();
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

    @Test
    void aQuarantinedItemIsGivenToNobodyUntilItIsRestored() {
        make(2);
        acquire(1);
        assertThat(pools.quarantine("users", "1", "locked out")).isTrue();
        assertThat(pools.quarantine("users", "2", "expired")).isTrue();
        assertThat(pools.quarantine("users", "3", "none")).isFalse();
        assertThat(pools.release("users", "1", holder(1))).isFalse();
        assertThat(pools.releaseAll(holder(1))).isZero();
        assertThat(acquire(1)).isInstanceOf(Acquisition.Empty.class);
        assertThat(counts().quarantined()).isEqualTo(2);
        assertThat(item("1"))
                .extracting(PoolItem::state, PoolItem::reason)
                .containsExactly(PoolItem.State.QUARANTINED, "locked out");
        assertThat(pools.restore("users", "2")).isTrue();
        assertThat(pools.restore("users", "2")).isFalse();
        assertThat(acquire(1)).isEqualTo(new Granted("2", "{\"id\":\"2\"}", 2));
        assertThat(order("users", 2, RECIPE))
                .as("what is out of use is replaced")
                .isEqualTo(1);
    }

    @Test
    void anItemWithFaultsInARowIsQuarantined() {
        make(1);
        for (int fault = 1; fault <= 2; fault++) {
            acquire(1);
            assertThat(pools.releaseFaulty("users", "1", holder(1), "login refused", 3))
                    .isEqualTo(Pools.Release.RELEASED);
        }
        acquire(1);
        pools.release("users", "1", holder(1));
        for (int fault = 1; fault <= 2; fault++) {
            acquire(1);
            assertThat(pools.releaseFaulty("users", "1", holder(1), "login refused", 3))
                    .as("the row was broken")
                    .isEqualTo(Pools.Release.RELEASED);
        }
        acquire(1);
        assertThat(pools.releaseFaulty("users", "1", holder(1), "login refused", 3))
                .isEqualTo(Pools.Release.QUARANTINED);
        assertThat(item("1").reason()).isEqualTo("login refused");
        assertThat(pools.releaseFaulty("users", "1", holder(1), "again", 3)).isEqualTo(Pools.Release.NOT_HELD);
    }

    @Test
    void itemsAreListedByPageAndState() {
        make(5);
        acquire(9);
        Pools.Page first = pools.items("users", 0, 2, null);
        assertThat(first.items())
                .extracting(PoolItem::id, PoolItem::state, PoolItem::json, PoolItem::holder, PoolItem::leaseNumber)
                .containsExactly(
                        tuple("1", PoolItem.State.LEASED, "{\"id\":\"1\"}", holder(9), 1L),
                        tuple("2", PoolItem.State.AVAILABLE, "{\"id\":\"2\"}", null, 0L));
        assertThat(cluster.clock().nowMillis() - first.items().getFirst().sinceMillis())
                .isBetween(-100L, 10_000L);
        assertThat(first.next()).isEqualTo(2);
        Pools.Page rest = pools.items("users", 2, 100, null);
        assertThat(rest.items()).extracting(PoolItem::id).containsExactly("3", "4", "5");
        assertThat(rest.next()).isNull();
        assertThat(pools.items("users", 0, 100, PoolItem.State.LEASED).items())
                .extracting(PoolItem::id)
                .containsExactly("1");
        assertThat(pools.items("users", 5, 100, null).items()).isEmpty();
    }

    @Test
    void aPoolOrAnItemIsDeletedOnlyWhenNobodyHoldsOfItUnlessForced() {
        make(3);
        acquire(1);
        assertThat(pools.delete("users", false)).isEqualTo(Removal.HELD);
        assertThat(pools.drop("users", "1", false)).isEqualTo(Removal.HELD);
        assertThat(pools.drop("users", "2", false)).isEqualTo(Removal.DONE);
        assertThat(pools.drop("users", "2", false)).isEqualTo(Removal.NONE);
        assertThat(pools.drop("users", "1", true)).isEqualTo(Removal.DONE);
        assertThat(pools.release("users", "1", holder(1))).isFalse();
        assertThat(pools.items("users", 0, 10, null).items())
                .extracting(PoolItem::id)
                .containsExactly("3");
        acquire(1);
        assertThat(pools.delete("users", true)).isEqualTo(Removal.DONE);
        assertThat(pools.delete("users", true)).isEqualTo(Removal.NONE);
        assertThat(pools.releaseAll(holder(1))).isZero();
        assertThat(pools.counts()).isEmpty();
    }

    @Test
    void aResetIsRefusedWhileARunIsOnAndMakesAllAvailable() {
        make(3);
        acquire(1);
        pools.quarantine("users", "2", "expired");
        assertThat(pools.reset("users", false)).isEqualTo(Removal.HELD);
        assertThat(counts().leased()).isEqualTo(1);
        assertThat(pools.reset("users", true)).isEqualTo(Removal.DONE);
        assertThat(counts())
                .extracting(PoolCounts::available, PoolCounts::leased, PoolCounts::quarantined)
                .containsExactly(3L, 0L, 0L);
        assertThat(pools.release("users", "1", holder(1))).isFalse();
        assertThat(pools.reset("none", true)).isEqualTo(Removal.NONE);
    }

    @Test
    void manyItemsAreOrderedInOneGo() {
        assertThat(order("users", 12_345, RECIPE)).isEqualTo(12_345);
        assertThat(counts().pending()).isEqualTo(12_345);
        assertThatThrownBy(() -> order("users", Orders.MAX_ITEMS + 1, RECIPE)).isInstanceOf(ClusterException.class);
        assertThatThrownBy(() -> order("a/b", 1, RECIPE)).hasMessageContaining("pool \"a/b\" is no name");
    }
}
