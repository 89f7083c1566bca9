package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vikhry.cluster.Acquisition.Granted;
import io.vikhry.cluster.ClusterState.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrdersIT extends PoolFixture {
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
        assertThat(acquire(1)).isInstanceOfSatisfying(Granted.class, granted -> {
            assertThat(granted.id()).isEqualTo("1");
            assertThat(granted.json()).isEqualTo("{}");
        });
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
        assertThat(orders.take(List.of("users"), "e".repeat(64), "worker-1", lease.fence(), "run-1", 1))
                .isEmpty();
        assertThat(take(1)).containsExactly(work("1", 1));
    }

    @Test
    void aWorkerThatHasNotHeardOfTheRunUnderWayMakesNothingForItDoesNotKnowWhatThatForbids() {
        ensure(1);
        assertThat(takeFor(null)).isEmpty();
        assertThat(takeFor("run-0")).isEmpty();
        assertThat(takeFor("run-1")).containsExactly(work("1", 1));
    }

    private List<PoolWork> takeFor(@Nullable String runId) {
        return orders.take(List.of("users"), RECIPE.bundleDigest(), "worker-1", lease.fence(), runId, 1);
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
    void whatARunOrderedIsNotMadeOnceItEndsAlsoIfItIsPutBackThen() {
        ensure(2);
        take(1);
        cluster.lifecycle().move(leader, 1, State.PREPARING, State.STOPPING);
        assertThat(take(5)).as("while it ends").isEmpty();
        orders.cancel(leader);
        orders.create(leader, "users", 1, RECIPE);
        cluster.lifecycle().move(leader, 1, State.STOPPING, State.IDLE);
        assertThat(orders.untake("worker-1", lease.fence(), List.of())).isEqualTo(1);

        assertThat(take(5)).as("after it").containsExactly(work("3", 1));
        assertThat(counts())
                .extracting(PoolCounts::pending, PoolCounts::ordered)
                .containsExactly(1L, 1L);
    }

    @Test
    void whatIsStillToBeMadeIsMadeByTheScenarioThatIsThereNow() {
        ensure(3);
        Recipe next = new Recipe("e".repeat(64), Map.of("baseUrl", "http://127.0.0.1:10"));
        assertThat(order("users", 3, next)).as("enough is ordered").isZero();

        assertThat(take(3)).as("nobody has that scenario any more").isEmpty();
        assertThat(orders.take(List.of("users"), next.bundleDigest(), "worker-1", lease.fence(), "run-1", 5))
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
    void manyItemsAreOrderedInOneGo() {
        assertThat(order("users", 12_345, RECIPE)).isEqualTo(12_345);
        assertThat(counts().pending()).isEqualTo(12_345);
        assertThatThrownBy(() -> order("users", Orders.MAX_ITEMS + 1, RECIPE)).isInstanceOf(ClusterException.class);
        assertThatThrownBy(() -> order("a/b", 1, RECIPE)).hasMessageContaining("pool \"a/b\" is no name");
    }
}
