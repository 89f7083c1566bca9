package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.redis.RedisFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class CollectorIT {
    private static final int BATCHES = 20;

    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @TempDir
    Path home;

    private LedRun led;
    private Run run;

    @BeforeEach
    void begin() {
        led = new LedRun(redis, "collector");
        run = led.run(home, 0);
    }

    @AfterEach
    void close() {
        run.folder.close();
        led.close();
    }

    @Test
    void whatIsReadIsKeptOnceOrTwiceHoweverLongRedisDoesNotTakeThatItWas() throws Exception {
        long second = Math.floorDiv(run.startedAt(), 1000L) * 1000;
        for (int seq = 1; seq <= BATCHES; seq++) {
            led.cluster
                    .metrics()
                    .append(new IntervalBatch("run-1", "worker-1", 7, seq, second, 5, false, List.of(), List.of()));
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
