package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.cluster.Acquisition.Granted;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The numbers of leases, by which a system under test tells a holder from one of before. */
class LeaseNumberIT extends PoolFixture {
    @Test
    void aLeaseNumberIsNeverGivenTwiceAlsoWhenRedisHasLostThePool() {
        make(1);
        long before = ((Granted) acquire(1)).number();
        Holder old = holder(1);
        beginAnew();
        Granted fresh = (Granted) acquire(1);

        assertThat(fresh.id()).as("the pool begins anew").isEqualTo("1");
        assertThat(fresh.number()).as("its leases do not").isGreaterThan(before);
        assertThat(pools.release("users", "1", old)).as("by who held it before").isFalse();
        assertThat(pools.releaseAll(old)).isZero();
        assertThat(item("1").holder()).isEqualTo(holder(1));
    }

    @Test
    void aLeaseNumberIsHigherThanAnyThatTheWorkerWasGivenAlsoWhereTheClockOfAnotherRedisIsSlow() {
        make(1);
        long ahead = cluster.clock().nowMillis() + 1_000_000;
        try (Redis direct = new Redis(redis.url())) {
            byte[] number = String.valueOf(ahead).getBytes(StandardCharsets.US_ASCII);
            direct.call(r -> r.hset("vikhry:{" + name + "}:pool:users", "number", number));
        }
        long before = ((Granted) acquire(1)).number();
        beginAnew();

        assertThat(before).isEqualTo(ahead + 1);
        assertThat(((Granted) acquire(1)).number()).isEqualTo(ahead + 2);
    }

    /** Redis loses its data, and what was there is made again. */
    private void beginAnew() {
        redis.flush();
        leader = cluster.leader().acquire("test").orElseThrow();
        cluster.lifecycle().begin(leader, Fixtures.plan("run-1", 1));
        lease = cluster.leases().join(Fixtures.status("worker-1"));
        make(1);
    }
}
