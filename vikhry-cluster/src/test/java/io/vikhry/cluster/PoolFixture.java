package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.redis.RedisFixture;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A run with one worker, which has a pool of {@code users}. */
abstract class PoolFixture {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    static final Recipe RECIPE = new Recipe("d".repeat(64), Map.of("baseUrl", "http://127.0.0.1:9"));

    final String name = Fixtures.freshCluster();
    Cluster cluster;
    Pools pools;
    Orders orders;
    LeaderLease leader;
    long requests;
    WorkerLease lease;

    @BeforeEach
    final void connect() {
        cluster = Cluster.connect(redis.url(), name);
        pools = cluster.pools();
        orders = cluster.orders();
        leader = cluster.leader().acquire("test").orElseThrow();
        cluster.lifecycle().begin(leader, Fixtures.plan("run-1", 1));
        lease = cluster.leases().join(Fixtures.status("worker-1"));
    }

    @AfterEach
    final void disconnect() {
        cluster.close();
    }

    final Holder holder(long vu) {
        return new Holder("run-1", "worker-1", lease.fence(), vu);
    }

    /** Asks for one user that came now, as nobody else of its worker waits. */
    final Acquisition acquire(long vu) {
        return acquire(holder(vu), 1, cluster.clock().nowMicros());
    }

    final Acquisition acquire(Holder holder, int waiting, long since) {
        return pools.acquire("users", holder, waiting, since, since + 1, ++requests);
    }

    final int order(String pool, int count, Recipe recipe) {
        return orders.ensure(leader, Orders.Customer.RUN, pool, count, recipe);
    }

    final List<PoolWork> take(int count) {
        return orders.take(List.of("users"), RECIPE.bundleDigest(), "worker-1", lease.fence(), "run-1", count);
    }

    final void ensure(int count) {
        order("users", count, RECIPE);
    }

    final void make(int count) {
        ensure(count);
        for (PoolWork work : take(count)) {
            assertThat(orders.made("worker-1", lease.fence(), work, "{\"id\":\"" + work.id() + "\"}"))
                    .isTrue();
        }
    }

    final PoolCounts counts() {
        return pools.counts("users").orElseThrow();
    }

    final PoolItem item(String id) {
        return pools.items("users", Long.parseLong(id) - 1, 1, null).items().getFirst();
    }

    static PoolWork work(String id, int attempt) {
        return new PoolWork("users", id, attempt, RECIPE.params());
    }
}
