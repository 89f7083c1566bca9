package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerView;
import io.vikhry.redis.RedisFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class EndingIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @TempDir
    Path home;

    @RegisterExtension
    final LedRun led = new LedRun(redis, "ending");

    private final Presence presence = new Presence(System::nanoTime);
    private Ending ending;
    private Run run;

    @BeforeEach
    void begin() {
        run = led.run(home, 4_000);
        run.shares.grow(5, List.of(new Shares.Holder("worker-1", 7, 1)));
        run.stop = new Course.Stop(
                StopReason.REQUESTED, 10_000, led.cluster.clock().nowMillis());
        ending = new Ending(led.cluster, presence, Json.MAPPER::createObjectNode);
    }

    @Test
    void whoIsLostIsNotedOnlyAfterAllThatCameWasRead() {
        send(1, false);
        send(2, true);
        Collector reading = Collector.start(led.cluster, () -> led.leader, run);

        assertThat(ending.finish(run, reading)).isEmpty();
        assertThat(run.lost()).as("its last batch was still to be read").isEmpty();
        assertThat(run.numbers().numbers(run.endedAt).totals().count()).isEqualTo(20);
        assertThat(run.reportToWrite()).as("it is on disk").isNull();
    }

    @Test
    void aWorkerWhoseLastBatchNeverCameIsLostWithWhatItDidNotTell() {
        send(1, false);
        Collector reading = Collector.start(led.cluster, () -> led.leader, run);
        ending.finish(run, reading);

        assertThat(run.lost()).containsOnlyKeys("worker-1");
        Judgement.Missing missing = Judgement.missing(run, run.numbers().numbers(run.endedAt));
        assertThat(missing.about()).as("ten a second since it told").isBetween(15L, 60L);
        assertThat(missing.atMost()).isGreaterThanOrEqualTo(missing.about());
    }

    @Test
    void aRunWhoseWorkersAreGoneEndsOnlyWhenWhatTheySentIsRead() {
        CountDownLatch delayed = new CountDownLatch(1);
        send(1, false);
        Collector reading = Collector.start(
                led.cluster,
                () -> {
                    awaitQuietly(delayed);
                    return led.leader;
                },
                run);
        await().until(() -> reading.readUntilMillis() > 0);
        send(2, false);

        assertThat(ending.due(run, reading, run.stoppingSince()))
                .as("a batch is still to be read")
                .isFalse();
        delayed.countDown();
        await().until(() -> ending.due(run, reading, run.stoppingSince()));
        assertThat(run.numbers().numbers(run.stoppingSince()).totals().count()).isEqualTo(20);
        reading.leave();
    }

    @Test
    void aBatchThatIsMissedBeforeTheLastIsWaitedForWhileItsWorkerIsThere() {
        Collector reading = missTheSecond();

        assertThat(ending.due(run, reading, run.stoppingSince())).isFalse();
        send(2, false);
        await().until(() -> ending.due(run, reading, run.stoppingSince()));
        assertThat(run.numbers().numbers(run.stoppingSince()).totals().count()).isEqualTo(30);
        reading.leave();
    }

    @Test
    void whatIsMissedAndDoesNotComeHoldsTheRunUpForSecondsHoweverLongUsersMayTake() {
        run.stop = new Course.Stop(
                StopReason.REQUESTED, 600_000, led.cluster.clock().nowMillis());
        Collector reading = missTheSecond();

        await().atMost(Duration.ofSeconds(8)).until(() -> ending.due(run, reading, run.stoppingSince()));
        reading.leave();
    }

    /** A worker that is there has sent its first batch and its last; who reads them. */
    private Collector missTheSecond() {
        WorkerView view = Statement.of("worker-1", 7)
                .runs("run-1", 5)
                .made(7, 3)
                .in(WorkerStatus.Phase.READY)
                .seen(led.cluster.clock().nowMillis());
        presence.see(new Roster(List.of(view), List.of()));
        send(1, false);
        send(3, true);
        Collector reading = Collector.start(led.cluster, () -> led.leader, run);
        await().until(() -> !run.numbers().gaps().isEmpty());
        return reading;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void send(int seq, boolean last) {
        long second = Math.floorDiv(run.startedAt(), 1000L) * 1000 + (seq - 1) * 1000L;
        SeriesDelta requests = new SeriesDelta(
                Kind.REQUEST, "buy", "GET /", 10, 0, Map.of("200", 10L), 0, 0, new byte[0], new byte[0]);
        led.cluster
                .metrics()
                .append(new IntervalBatch(
                        "run-1", "worker-1", 7, seq, second, last ? 0 : 5, last, List.of(requests), List.of()));
    }
}
