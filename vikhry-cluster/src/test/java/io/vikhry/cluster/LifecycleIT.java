package io.vikhry.cluster;

import static io.vikhry.cluster.ClusterState.State.IDLE;
import static io.vikhry.cluster.ClusterState.State.PREPARING;
import static io.vikhry.cluster.ClusterState.State.RUNNING;
import static io.vikhry.cluster.ClusterState.State.STOPPING;
import static io.vikhry.cluster.Transition.Result.DONE;
import static io.vikhry.cluster.Transition.Result.NOT_LEADER;
import static io.vikhry.cluster.Transition.Result.STALE_VERSION;
import static io.vikhry.cluster.Transition.Result.WRONG_EPOCH;
import static io.vikhry.cluster.Transition.Result.WRONG_STATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vikhry.redis.RedisFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LifecycleIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    private final String name = Fixtures.freshCluster();
    private Cluster cluster;
    private Lifecycle lifecycle;
    private LeaderLease leader;

    @BeforeEach
    void connect() {
        cluster = Cluster.connect(redis.url(), name);
        lifecycle = cluster.lifecycle();
        leader = cluster.leader().acquire("test").orElseThrow();
    }

    @AfterEach
    void disconnect() {
        cluster.close();
    }

    @Test
    void aRunGoesThroughAllStatesOnceEach() {
        assertThat(lifecycle.state()).isEqualTo(ClusterState.NEW);
        Transition begun = lifecycle.begin(leader, Fixtures.plan("run-1", 1));
        assertThat(begun.result()).isEqualTo(DONE);
        assertThat(begun.state().state()).isEqualTo(PREPARING);
        assertThat(begun.state().epoch()).isEqualTo(1);
        assertThat(begun.state().runId()).isEqualTo("run-1");
        assertThat(cluster.plans().plan("run-1")).contains(Fixtures.plan("run-1", 1));
        assertThat(lifecycle.move(leader, 1, PREPARING, RUNNING).done()).isTrue();
        assertThat(lifecycle.move(leader, 1, RUNNING, STOPPING).done()).isTrue();
        Transition ended = lifecycle.move(leader, 1, STOPPING, IDLE);
        assertThat(ended.state().state()).isEqualTo(IDLE);
        assertThat(ended.state().runId()).as("the last run stays known").isEqualTo("run-1");
        assertThat(lifecycle.begin(leader, Fixtures.plan("run-2", 2)).done()).isTrue();
    }

    @Test
    void ofTwoStartsAtOnceOneWins() throws Exception {
        try (Cluster second = Cluster.connect(redis.url(), name);
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int round = 1; round <= 20; round++) {
                int epoch = round;
                CyclicBarrier together = new CyclicBarrier(2);
                List<Callable<Transition>> starts = List.of(
                        () -> {
                            together.await();
                            return lifecycle.begin(leader, Fixtures.plan("a-" + epoch, epoch));
                        },
                        () -> {
                            together.await();
                            return second.lifecycle().begin(leader, Fixtures.plan("b-" + epoch, epoch));
                        });
                List<Transition> results = new ArrayList<>();
                for (Future<Transition> future : threads.invokeAll(starts)) {
                    results.add(future.get());
                }
                assertThat(results).filteredOn(Transition::done).hasSize(1);
                assertThat(results).filteredOn(t -> t.result() == WRONG_STATE).hasSize(1);
                assertThat(lifecycle.state().epoch()).isEqualTo(epoch);
                String winner = lifecycle.state().runId();
                assertThat(cluster.plans().plan(winner)).isPresent();
                assertThat(cluster.plans().plan(winner.startsWith("a") ? "b-" + epoch : "a-" + epoch))
                        .isEmpty();
                lifecycle.move(leader, epoch, PREPARING, STOPPING);
                lifecycle.move(leader, epoch, STOPPING, IDLE);
            }
        }
    }

    @Test
    void repeatingAChangeIsDoneAndChangesNothing() {
        lifecycle.begin(leader, Fixtures.plan("run-1", 1));
        ClusterState before = lifecycle.state();
        assertThat(lifecycle.begin(leader, Fixtures.plan("run-1", 1)).done()).isTrue();
        assertThat(lifecycle.state()).isEqualTo(before);
        lifecycle.move(leader, 1, PREPARING, RUNNING);
        before = lifecycle.state();
        assertThat(lifecycle.move(leader, 1, PREPARING, RUNNING).done()).isTrue();
        assertThat(lifecycle.state()).isEqualTo(before);
    }

    @Test
    void aStaleEpochStateOrTokenIsRefused() {
        assertThat(lifecycle.begin(leader, Fixtures.plan("run-1", 7)).result()).isEqualTo(WRONG_EPOCH);
        lifecycle.begin(leader, Fixtures.plan("run-1", 1));
        assertThat(lifecycle.begin(leader, Fixtures.plan("run-2", 2)).result()).isEqualTo(WRONG_STATE);
        assertThat(lifecycle.move(leader, 2, PREPARING, RUNNING).result()).isEqualTo(WRONG_EPOCH);
        assertThat(lifecycle.move(leader, 1, STOPPING, IDLE).result()).isEqualTo(WRONG_STATE);
        leader.close();
        LeaderLease next = cluster.leader().acquire("next").orElseThrow();
        assertThat(next.token()).isGreaterThan(leader.token());
        assertThat(lifecycle.move(leader, 1, PREPARING, RUNNING).result()).isEqualTo(NOT_LEADER);
        assertThat(cluster.plans()
                        .assign(leader, Fixtures.assignment("run-1", 1, 1))
                        .result())
                .isEqualTo(NOT_LEADER);
        assertThat(lifecycle.state().state()).isEqualTo(PREPARING);
        assertThat(lifecycle.move(next, 1, PREPARING, RUNNING).done()).isTrue();
        assertThatThrownBy(() -> lifecycle.move(next, 1, RUNNING, IDLE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anAssignmentIsReplacedOnlyByAHigherVersionOfItsRun() {
        lifecycle.begin(leader, Fixtures.plan("run-1", 1));
        Plans plans = cluster.plans();
        assertThat(plans.assignment("run-1")).isEmpty();
        assertThat(plans.assign(leader, Fixtures.assignment("run-1", 1, 1)).done())
                .isTrue();
        assertThat(plans.assignment("run-1")).contains(Fixtures.assignment("run-1", 1, 1));
        assertThat(plans.assign(leader, Fixtures.assignment("run-1", 1, 3))
                        .state()
                        .version())
                .isEqualTo(3);
        assertThat(plans.assign(leader, Fixtures.assignment("run-1", 1, 3)).done())
                .as("the same again")
                .isTrue();
        assertThat(plans.assign(leader, Fixtures.assignment("run-1", 1, 2)).result())
                .isEqualTo(STALE_VERSION);
        assertThat(plans.assign(leader, Fixtures.assignment("run-1", 2, 4)).result())
                .isEqualTo(WRONG_EPOCH);
        assertThat(plans.assign(leader, Fixtures.assignment("run-2", 1, 4)).result())
                .isEqualTo(WRONG_EPOCH);
        assertThat(plans.assignment("run-1").orElseThrow().version()).isEqualTo(3);
    }

    @Test
    void theKeysOfARunExpireAfterItsEnd() {
        lifecycle.begin(leader, Fixtures.plan("run-1", 1));
        cluster.plans().assign(leader, Fixtures.assignment("run-1", 1, 1));
        cluster.metrics().append(Fixtures.batch("run-1", "worker-1", 1));
        Keys keys = new Keys(name);
        try (Redis raw = new Redis(redis.url())) {
            List<String> all = List.of(keys.plan("run-1"), keys.assignment("run-1"), keys.metrics("run-1"));
            assertThat(all).allSatisfy(key -> assertThat(timeToLive(raw, key)).isEqualTo(-1));
            lifecycle.move(leader, 1, PREPARING, STOPPING);
            lifecycle.move(leader, 1, STOPPING, IDLE);
            assertThat(all).allSatisfy(key -> assertThat(timeToLive(raw, key)).isBetween(3_590_000L, 3_600_000L));
            raw.call(r -> r.del(keys.metrics("run-1")));
            cluster.metrics().append(Fixtures.batch("run-1", "worker-1", 2));
            assertThat(timeToLive(raw, keys.metrics("run-1")))
                    .as("a late batch too")
                    .isPositive();
        }
    }

    private static long timeToLive(Redis raw, String key) {
        return raw.call(r -> r.pttl(key));
    }

    @Test
    void whatRedisLostIsWrittenAgainWhereNothingIsOrSomethingOlder() {
        lifecycle.begin(leader, Fixtures.plan("run-1", 1));
        cluster.plans().assign(leader, Fixtures.assignment("run-1", 1, 5));
        ClusterState state = lifecycle.state();
        assertThat(lifecycle
                        .restore(leader, state, Fixtures.plan("run-1", 1), Optional.empty())
                        .result())
                .isEqualTo(WRONG_STATE);
        try (Redis raw = new Redis(redis.url())) {
            Keys keys = new Keys(name);
            raw.call(r -> r.del(keys.state(), keys.plan("run-1"), keys.assignment("run-1")));
        }
        Assignment assignment = Fixtures.assignment("run-1", 1, 5);
        assertThat(lifecycle
                        .restore(leader, state, Fixtures.plan("run-1", 1), Optional.of(assignment))
                        .done())
                .isTrue();
        assertThat(lifecycle.state()).isEqualTo(state);
        assertThat(cluster.plans().assignment("run-1")).contains(assignment);

        ClusterState later = new ClusterState(RUNNING, 1, "run-1", 6, state.sinceMillis());
        Assignment newer = Fixtures.assignment("run-1", 1, 6);
        assertThat(lifecycle
                        .restore(leader, later, Fixtures.plan("run-1", 1), Optional.of(newer))
                        .done())
                .isTrue();
        assertThat(lifecycle.state()).isEqualTo(later);
        assertThat(lifecycle
                        .restore(leader, state, Fixtures.plan("run-1", 1), Optional.of(assignment))
                        .done())
                .isFalse();
    }
}
