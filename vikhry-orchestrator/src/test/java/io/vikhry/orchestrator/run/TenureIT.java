package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.cluster.ClusterState.State;
import io.vikhry.cluster.LeaderLease;
import io.vikhry.cluster.PoolCounts;
import io.vikhry.redis.RedisFixture;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A run whose items Redis has lost, under the next leader. */
class TenureIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @TempDir
    Path home;

    @RegisterExtension
    final LedRun led = new LedRun(redis, "tenure");

    /** What is to be read beside the rest, until a test has it read. */
    private final Queue<Runnable> readers = new ArrayDeque<>();

    private Tenure tenure;

    @BeforeEach
    void begin() {
        led.leftBehind(home.resolve("of-before"), 0);
        led.cluster.lifecycle().move(led.leader, 1, State.PREPARING, State.RUNNING);
        tenure = new Tenure(
                led.cluster,
                new CurrentScenario(led.cluster),
                new Reins(led.cluster),
                new Presence(System::nanoTime),
                new Succession(led.cluster, new RunStore(home)),
                readers::add);
        tenure.lead(led.leader, false);
    }

    @AfterEach
    void close() {
        tenure.close();
    }

    @Test
    void itemsThatAreNotThereAreOrderedAgain() {
        tenure.look(Roster.EMPTY);

        assertThat(ordered()).isEqualTo(5);
    }

    @Test
    void forARunThatIsToEndNoneAre() {
        Run run = Objects.requireNonNull(tenure.run());
        run.stop = new Course.Stop(
                StopReason.REQUESTED, 10_000, led.cluster.clock().nowMillis());

        tenure.look(Roster.EMPTY);

        assertThat(ordered()).isZero();
    }

    @Test
    void whatCouldNotBeOrderedBecauseAnotherLedIsOrderedByWhoLeadsAgain() {
        led.leader.close();
        LeaderLease another = led.cluster.leader().acquire("another").orElseThrow();
        tenure.look(Roster.EMPTY);
        assertThat(ordered()).isZero();
        another.close();

        tenure.lead(led.cluster.leader().acquire("test").orElseThrow(), true);
        tenure.look(Roster.EMPTY);

        assertThat(ordered()).isEqualTo(5);
    }

    @Test
    void itLeadsBeforeTheLastRunIsReadAndShowsItAfterwards() {
        end();
        tenure.lead(led.leader, false);

        assertThat(tenure.taken()).isTrue();
        assertThat(tenure.run()).isNull();
        tenure.look(Roster.EMPTY);
        assertThat(tenure.run()).isNull();
        assertThat(tenure.head().orElseThrow().plan().runId())
                .as("items may be ordered as that run had them")
                .isEqualTo("run-1");

        readers.remove().run();
        tenure.look(Roster.EMPTY);
        assertThat(Objects.requireNonNull(tenure.run()).stopReason()).isEqualTo(StopReason.REQUESTED);
    }

    @Test
    void theLastRunTakesNotThePlaceOfOneThatBeganWhileItWasRead() {
        end();
        tenure.lead(led.leader, false);
        Run fresh = led.run(home.resolve("fresh"), 0);
        tenure.begin(fresh);

        readers.remove().run();
        tenure.look(Roster.EMPTY);

        assertThat(tenure.run()).isSameAs(fresh);
    }

    private void end() {
        Run run = Objects.requireNonNull(tenure.run());
        run.stop = new Course.Stop(StopReason.REQUESTED, 0, led.cluster.clock().nowMillis());
        run.finish(Json.MAPPER.createObjectNode());
        run.writeReport();
        led.cluster.lifecycle().move(led.leader, 1, State.RUNNING, State.STOPPING);
        led.cluster.lifecycle().move(led.leader, 1, State.STOPPING, State.IDLE);
    }

    private long ordered() {
        return led.cluster.pools().counts("users").map(PoolCounts::pending).orElse(0L);
    }
}
