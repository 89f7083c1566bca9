package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.Renewal;
import io.vikhry.cluster.Spool;
import io.vikhry.cluster.WorkerLease;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.orchestrator.metrics.Completeness;
import io.vikhry.redis.RedisFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class CollectorIT {
    private static final int BATCHES = 20;

    private static final WorkerStatus STATUS =
            Statement.of("worker-1", 0).runs("run-1", 5).status();

    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @TempDir
    Path home;

    @RegisterExtension
    final LedRun led = new LedRun(redis, "collector");

    private Run run;

    @BeforeEach
    void begin() {
        run = led.run(home, 0);
    }

    @Test
    void aBatchThatRedisLostIsAskedForAndSentAgain() throws Exception {
        AtomicBoolean loses = new AtomicBoolean(true);
        Spool spool = new Spool(
                batch -> {
                    if (batch.seq() != 2 || !loses.getAndSet(false)) {
                        led.cluster.metrics().append(batch);
                    }
                },
                10);
        WorkerLease lease = led.cluster.leases().join(STATUS);
        BatchOrigin origin = new BatchOrigin("run-1", "worker-1", lease.fence());
        for (int seq = 1; seq <= 4; seq++) {
            spool.add(batch(lease.fence(), seq));
        }
        spool.flush();
        Collector reading = Collector.start(led.cluster, () -> led.leader, run);

        await().untilAsserted(
                        () -> assertThat(lease.renew(STATUS, origin).ahead()).isEqualTo(4));
        Renewal renewal = lease.renew(STATUS, origin);
        assertThat(renewal.cursor()).isEqualTo(1);
        spool.passed(renewal.cursor());
        spool.missed(renewal.ahead());
        spool.flush();
        await().untilAsserted(
                        () -> assertThat(lease.renew(STATUS, origin).cursor()).isEqualTo(4));
        assertThat(reading.finish(Duration.ofSeconds(10))).isTrue();
        Completeness complete =
                run.numbers.numbers(led.cluster.clock().nowMillis()).completeness();
        assertThat(complete.batches()).isEqualTo(4);
        assertThat(complete.missingBatches()).isZero();
    }

    @Test
    void whatWasAskedForIsAskedForAgainAfterRedisMayHaveLostThat() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        AtomicBoolean refuses = new AtomicBoolean();
        WorkerLease lease = led.cluster.leases().join(STATUS);
        BatchOrigin origin = new BatchOrigin("run-1", "worker-1", lease.fence());
        led.cluster.metrics().append(batch(lease.fence(), 1));
        led.cluster.metrics().append(batch(lease.fence(), 3));
        Collector reading = Collector.start(
                led.cluster,
                () -> {
                    if (refuses.get()) {
                        refused.incrementAndGet();
                        throw new ClusterException("it does not answer");
                    }
                    return led.leader;
                },
                run);
        await().untilAsserted(
                        () -> assertThat(lease.renew(STATUS, origin).ahead()).isEqualTo(3));

        refuses.set(true);
        led.cluster.metrics().append(batch(lease.fence(), 4));
        await().until(() -> refused.get() > 0);
        led.spoil(redis -> redis.del(led.key("cursors")));
        refuses.set(false);

        await().untilAsserted(
                        () -> assertThat(lease.renew(STATUS, origin).ahead()).isEqualTo(4));
        assertThat(reading.finish(Duration.ofSeconds(10))).isTrue();
    }

    private IntervalBatch batch(long fence, long seq) {
        long second = Math.floorDiv(run.startedAt(), 1000L) * 1000;
        return new IntervalBatch("run-1", "worker-1", fence, seq, second, 5, false, List.of(), List.of());
    }

    @Test
    void whatIsReadIsKeptOnceOrTwiceHoweverLongRedisDoesNotTakeThatItWas() throws Exception {
        for (int seq = 1; seq <= BATCHES; seq++) {
            led.cluster.metrics().append(batch(7, seq));
        }
        AtomicInteger asked = new AtomicInteger();
        AtomicBoolean refuses = new AtomicBoolean(true);
        Collector reading = Collector.start(
                led.cluster,
                () -> {
                    asked.incrementAndGet();
                    if (refuses.get()) {
                        throw new ClusterException("it has no memory left");
                    }
                    return led.leader;
                },
                run);
        await().until(() -> asked.get() >= 8);
        refuses.set(false);
        await().untilAsserted(
                        () -> assertThat(led.cluster.metrics().cursors("run-1")).containsValue((long) BATCHES));
        assertThat(reading.finish(Duration.ofSeconds(10))).isTrue();

        AtomicInteger kept = new AtomicInteger();
        run.folder.replay(batch -> kept.incrementAndGet());
        assertThat(kept.get()).isBetween(BATCHES, 2 * BATCHES);
        assertThat(run.numbers
                        .numbers(led.cluster.clock().nowMillis())
                        .completeness()
                        .batches())
                .isEqualTo(BATCHES);
    }
}
