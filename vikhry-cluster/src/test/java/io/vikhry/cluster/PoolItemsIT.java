package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.vikhry.cluster.Acquisition.Granted;
import org.junit.jupiter.api.Test;

class PoolItemsIT extends PoolFixture {
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
        assertThat(((Granted) acquire(1)).id()).isEqualTo("2");
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
        long number = ((Granted) acquire(9)).number();
        Pools.Page first = pools.items("users", 0, 2, null);
        assertThat(first.items())
                .extracting(PoolItem::id, PoolItem::state, PoolItem::json, PoolItem::holder, PoolItem::leaseNumber)
                .containsExactly(
                        tuple("1", PoolItem.State.LEASED, "{\"id\":\"1\"}", holder(9), number),
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
}
