package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.ClusterState;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.redis.RedisFixture;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A run that Redis lost while nobody led it, and that its workers gave up, under the next leader. */
class ForsakenIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @RegisterExtension
    final LedRun led = new LedRun(redis, "forsaken");

    @TempDir
    Path home;

    private final AtomicLong clock = new AtomicLong();
    /** Who reads what was kept: at once, where a test says nothing else. */
    private Executor readers = Runnable::run;

    private RunStore store;
    private Forsaken forsaken;
    private long t0;

    /** Its leader has kept the first of three seconds. */
    @BeforeEach
    void leave() {
        Run before = led.run(home, 600_000);
        t0 = before.startedAt();
        before.shares.grow(5, List.of(new Shares.Holder("worker-1", 7, 1)));
        before.deal.version = 1;
        before.folder.append(List.of(batch(1, false).encoded()));
        before.folder.keep(before.course());
        led.lose();
        store = new RunStore(home);
        Succession succession = new Succession(led.cluster, store);
        Ending ending = new Ending(led.cluster, new Presence(System::nanoTime), () -> Json.MAPPER.createObjectNode());
        forsaken = new Forsaken(succession, ending, task -> readers.execute(task), clock::get);
    }

    @Test
    void itEndsByItselfWithWhatWasKeptAndSentAndIsNotBelieved() {
        led.cluster.metrics().append(batch(2, false));
        led.cluster.metrics().append(batch(3, true));

        look(Roster.EMPTY);
        assertThat(store.report("run-1")).as("a worker may still have it").isEmpty();
        clock.set(Forsaken.PATIENCE_NANOS);
        look(Roster.EMPTY);

        JsonNode report = store.report("run-1").orElseThrow();
        assertThat(report.path("total_requests").asLong()).isEqualTo(30);
        assertThat(report.path("stop_reason").asText()).isEqualTo("orphaned");
        assertThat(report.path("duration_s").asDouble())
                .as("until its workers ended it")
                .isBetween(2.0, 3.0);
        assertThat(report.path("completeness").path("missing_batches").asLong()).isZero();
        assertThat(report.path("completeness").path("missing_requests").asLong())
                .isZero();
        assertThat(report.path("verdict").path("level").asText()).isEqualTo("INVALID");
        assertThat(report.path("verdict").path("reasons").get(0).path("text").asText())
                .isEqualTo("the run was ended by its workers: Redis lost it while nobody led it, and they gave it up");
        assertThat(store.list()).extracting(RunStore.Entry::stopReason).containsExactly("orphaned");
    }

    @Test
    void whatAWorkerDidNotSendIsMissedForNoLongerThanItsLeaseAllowed() {
        led.cluster.metrics().append(batch(3, false));

        awaitEnd(Roster.EMPTY);

        JsonNode complete = store.report("run-1").orElseThrow().path("completeness");
        assertThat(complete.path("missing_batches").asLong()).isEqualTo(1);
        assertThat(complete.path("missing_requests_at_most").asLong())
                .as("ten a second, of ten minutes in which nobody looked")
                .isBetween(10L, 150L);
    }

    @Test
    void nothingWaitsWhileWhatWasKeptIsRead() {
        Queue<Runnable> later = new ArrayDeque<>();
        readers = later::add;
        led.cluster.metrics().append(batch(2, true));

        awaitEnd(Roster.EMPTY);
        look(Roster.EMPTY);
        assertThat(store.report("run-1")).isEmpty();
        assertThat(later).as("read once").hasSize(1);

        later.remove().run();
        look(Roster.EMPTY);
        assertThat(store.report("run-1").orElseThrow().path("total_requests").asLong())
                .isEqualTo(20);
    }

    @Test
    void aRunThatAWorkerBringsBackWhileItIsReadIsLeftAlone() {
        Queue<Runnable> later = new ArrayDeque<>();
        readers = later::add;
        led.cluster.metrics().append(batch(2, true));
        awaitEnd(Roster.EMPTY);
        Run revived =
                new Run(store.head("run-1").orElseThrow(), store.past("run-1").orElseThrow());
        look(Roster.EMPTY, revived);

        later.remove().run();
        look(Roster.EMPTY, null);

        assertThat(store.report("run-1")).isEmpty();
    }

    @Test
    void aRedisThatFailsMeanwhileIsAskedAgain() {
        look(Roster.EMPTY);
        led.spoil(redis -> redis.set(led.key("metrics"), "no stream"));
        clock.set(Forsaken.PATIENCE_NANOS);
        assertThatThrownBy(() -> look(Roster.EMPTY)).isInstanceOf(ClusterException.class);
        assertThat(store.report("run-1")).isEmpty();

        led.spoil(redis -> redis.del(led.key("metrics")));
        led.cluster.metrics().append(batch(2, true));
        look(Roster.EMPTY);

        assertThat(store.report("run-1")).isPresent();
    }

    @Test
    void whoDoesNotLeadAnyMoreEndsNothing() {
        led.cluster.metrics().append(batch(2, true));
        look(Roster.EMPTY);
        led.spoil(redis -> redis.del("vikhry:{forsaken}:leader"));
        led.cluster.leader().acquire("another").orElseThrow();
        clock.set(Forsaken.PATIENCE_NANOS);
        assertThatThrownBy(() -> look(Roster.EMPTY)).isInstanceOf(Refusal.class);

        assertThat(store.report("run-1")).isEmpty();
    }

    @Test
    void aRunThatAWorkerStillHasIsNotEnded() {
        led.cluster.metrics().append(batch(2, false));

        awaitEnd(new Roster(List.of(Statement.of("worker-1", 9).runs("run-1", 0).seen(0)), List.of()));
        assertThat(store.report("run-1")).isEmpty();

        Statement leaves = Statement.of("worker-1", 9).runs("run-1", 0).in(WorkerStatus.Phase.LEAVING);
        look(new Roster(List.of(leaves.seen(0)), List.of()));
        assertThat(store.report("run-1")).isEmpty();

        look(Roster.EMPTY);
        assertThat(store.report("run-1")).isPresent();
    }

    @Test
    void aRunOfAnotherClusterWithTheSameFolderIsLeftAlone() {
        awaitEnd(Roster.EMPTY);

        assertThat(store.report("run-1")).isEmpty();
    }

    @Test
    void aRunThatRedisKnowsToHaveEndedElsewhereIsLeftAlone() {
        led.cluster.metrics().append(batch(2, true));
        clock.set(0);
        forsaken.look(idle(1), Roster.EMPTY, null, led.leader);
        clock.set(Forsaken.PATIENCE_NANOS);
        forsaken.look(idle(1), Roster.EMPTY, null, led.leader);

        assertThat(store.report("run-1")).isEmpty();
    }

    @Test
    void aRunThatWasRevivedMeanwhileIsLeftAlone() {
        led.cluster.metrics().append(batch(2, true));
        Run revived =
                new Run(store.head("run-1").orElseThrow(), store.past("run-1").orElseThrow());
        look(Roster.EMPTY, revived);
        clock.set(Forsaken.PATIENCE_NANOS);
        look(Roster.EMPTY, null);

        assertThat(store.report("run-1")).isEmpty();
    }

    private void awaitEnd(Roster roster) {
        look(roster);
        clock.set(Forsaken.PATIENCE_NANOS);
        look(roster);
    }

    private void look(Roster roster) {
        look(roster, null);
    }

    private void look(Roster roster, @Nullable Run current) {
        forsaken.look(idle(0), roster, current, led.leader);
    }

    private static ClusterState idle(long epoch) {
        return new ClusterState(ClusterState.State.IDLE, epoch, null, 0, 0);
    }

    private IntervalBatch batch(int seq, boolean last) {
        long second = Math.floorDiv(t0, 1000L) * 1000 + (seq - 1) * 1000L;
        SeriesDelta requests = new SeriesDelta(
                Kind.REQUEST, "buy", "GET /", 10, 0, Map.of("200", 10L), 0, 0, new byte[0], new byte[0]);
        return new IntervalBatch("run-1", "worker-1", 7, seq, second, last ? 0 : 5, last, List.of(requests), List.of());
    }
}
