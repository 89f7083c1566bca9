package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.vikhry.redis.RedisFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MetricsIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    private final String name = Fixtures.freshCluster();
    private Cluster cluster;
    private Metrics metrics;
    private LeaderLease leader;

    @BeforeEach
    void connect() {
        cluster = Cluster.connect(redis.url(), name);
        metrics = cluster.metrics();
        leader = cluster.leader().acquire("test").orElseThrow();
        cluster.lifecycle().begin(leader, Fixtures.plan("run-1", 1));
    }

    @AfterEach
    void disconnect() {
        cluster.close();
    }

    @Test
    void batchesComeInOrderAndOnlyThoseOfTheRun() {
        metrics.append(Fixtures.batch("run-1", "worker-1", 1));
        metrics.append(Fixtures.batch("run-2", "worker-1", 1));
        metrics.append(Fixtures.batch("run-1", "worker-2", 1));
        List<Metrics.Entry> entries = metrics.read("run-1", Metrics.START, 100, Duration.ZERO);
        assertThat(entries).extracting(e -> e.batch().workerId()).containsExactly("worker-1", "worker-2");
        assertThat(entries.getFirst().batch())
                .usingRecursiveComparison()
                .isEqualTo(Fixtures.batch("run-1", "worker-1", 1));
        assertThat(metrics.read("run-1", entries.getFirst().id(), 100, Duration.ZERO))
                .hasSize(1);
        assertThat(metrics.read("run-1", entries.getLast().id(), 100, Duration.ofMillis(50)))
                .isEmpty();
    }

    @Test
    void readingWaitsForTheNextBatch() throws Exception {
        List<Metrics.Entry> read = new ArrayList<>();
        Thread reader = Thread.startVirtualThread(
                () -> read.addAll(metrics.read("run-1", Metrics.START, 100, Duration.ofSeconds(2))));
        metrics.append(Fixtures.batch("run-1", "worker-1", 1));
        assertThat(reader.join(Duration.ofSeconds(5))).isTrue();
        assertThat(read).hasSize(1);
    }

    @Test
    void whatIsNoBatchIsToldAndDoesNotStopTheReader() {
        try (Redis raw = new Redis(redis.url())) {
            raw.call(r -> r.xadd(new Keys(name).metrics("run-1"), Map.of("b", new byte[] {1, 2, 3})));
        }
        metrics.append(Fixtures.batch("run-1", "worker-1", 1));
        List<Metrics.Entry> entries = metrics.read("run-1", Metrics.START, 100, Duration.ZERO);
        assertThat(entries).hasSize(2);
        assertThat(entries.getFirst().batch()).isNull();
        assertThat(entries.getFirst().fault()).contains("does not begin with VB");
        assertThat(entries.getLast().batch()).isNotNull();
    }

    @Test
    void cursorsOnlyGrowAndTheStreamIsTrimmedBehindThem() {
        for (int seq = 1; seq <= 5; seq++) {
            metrics.append(Fixtures.batch("run-1", "worker-1", seq));
        }
        List<Metrics.Entry> entries = metrics.read("run-1", Metrics.START, 100, Duration.ZERO);
        BatchOrigin origin = BatchOrigin.of(entries.getFirst().batch());
        assertThat(metrics.advance(
                        leader, "run-1", Map.of(origin, 3L), entries.get(2).id()))
                .isTrue();
        assertThat(metrics.advance(leader, "run-1", Map.of(origin, 2L), Metrics.START))
                .isTrue();
        assertThat(metrics.cursors("run-1")).containsExactly(Map.entry(origin, 3L));
        assertThat(metrics.read("run-1", Metrics.START, 100, Duration.ZERO))
                .extracting(e -> e.batch().seq())
                .containsExactly(3L, 4L, 5L);
        leader.close();
        cluster.leader().acquire("next").orElseThrow();
        assertThat(metrics.advance(leader, "run-1", Map.of(origin, 5L), Metrics.START))
                .isFalse();
        assertThat(metrics.cursors("run-1")).containsEntry(origin, 3L);
    }

    @Test
    void whatWasReadIsForgottenAlsoByARedisWithoutMemory() {
        for (int seq = 1; seq <= 5; seq++) {
            metrics.append(Fixtures.batch("run-1", "worker-1", seq));
        }
        List<Metrics.Entry> entries = metrics.read("run-1", Metrics.START, 100, Duration.ZERO);
        BatchOrigin origin = BatchOrigin.of(entries.getFirst().batch());
        try (Redis raw = new Redis(redis.url())) {
            raw.call(r -> r.configSet("maxmemory", "1"));
            try {
                assertThat(metrics.advance(
                                leader,
                                "run-1",
                                Map.of(origin, 5L),
                                entries.getLast().id()))
                        .isTrue();
            } finally {
                raw.call(r -> r.configSet("maxmemory", "0"));
            }
        }
        assertThat(metrics.cursors("run-1")).containsExactly(Map.entry(origin, 5L));
    }

    @Test
    void throughLostConnectionsEachBatchCountsOnce() {
        Spool spool = new Spool(metrics::append, 100);
        BatchLedger ledger = new BatchLedger();
        for (int seq = 1; seq <= 60; seq++) {
            spool.add(Fixtures.batch("run-1", "worker-1", seq));
            if (seq % 10 == 0) {
                try (Redis raw = new Redis(redis.url())) {
                    raw.call(r -> r.clientKill(KillArgs.Builder.typeNormal().skipme(true)));
                }
            }
            try {
                spool.flush();
            } catch (ClusterException e) {
                spool.resend();
            }
        }
        await().atMost(Duration.ofSeconds(10))
                .ignoreException(ClusterException.class)
                .until(() -> {
                    spool.flush();
                    return true;
                });
        await().atMost(Duration.ofSeconds(10))
                .ignoreException(ClusterException.class)
                .until(() -> {
                    metrics.read("run-1", Metrics.START, 1000, Duration.ZERO)
                            .forEach(entry -> ledger.accept(entry.batch()));
                    return true;
                });
        assertThat(ledger.accepted()).isEqualTo(60);
        assertThat(ledger.missing()).isZero();
        assertThat(ledger.cursors().values()).containsExactly(60L);
    }
}
