package io.vikhry.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vikhry.api.ResourceTimeoutException;
import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.Holder;
import io.vikhry.cluster.PoolCounts;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.WorkerLease;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.redis.RedisFixture;
import io.vikhry.runtime.vu.ResourceLeases.Lease;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A user asks a pool, and the answer is lost on its way. */
class WaitingLineIT {
    private static final WorkerStatus STATUS = new WorkerStatus(
            "worker-1",
            0,
            WorkerStatus.Phase.RUNNING,
            "host",
            1,
            "0",
            "engine",
            1,
            null,
            null,
            null,
            null,
            "run-1",
            0,
            0,
            0,
            0,
            0,
            0,
            WorkerStatus.Health.fine(0, 0, 0, 0, 0));

    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    private Stage stage;
    private LostAnswers way;
    private Cluster far;
    private WorkerLease lease;
    private PoolDesk desk;

    @BeforeEach
    void open() throws Exception {
        redis.flush();
        stage = new Stage(redis.url(), "waiting-line");
        stage.cluster
                .lifecycle()
                .begin(
                        stage.leader,
                        new RunPlan(
                                "run-1",
                                1,
                                "ab".repeat(32),
                                "ShopVU",
                                Map.of(),
                                RunPlan.LoadModel.USERS,
                                1,
                                Map.of("seats", 3)));
        stage.cluster.orders().put("seats", List.of("{}", "{}", "{}"));
        lease = stage.cluster.leases().join(STATUS);
        Holder warm = new Holder("run-1", "worker-1", lease.fence(), 99);
        // Redis knows the scripts from now on: what is lost is the answer to the question itself.
        stage.cluster.pools().acquire("seats", warm, 1, 1, 2, 1);
        stage.cluster.pools().releaseAll(warm);
        way = new LostAnswers(redis.url());
        far = Cluster.connect(way.url(), "waiting-line");
        desk = new PoolDesk(far.pools(), far.clock(), "run-1", "worker-1", lease.fence());
    }

    @AfterEach
    void close() throws Exception {
        desk.close();
        far.close();
        way.close();
        stage.close();
    }

    @Test
    void aQuestionWhoseAnswerWasLostIsAskedAgainAndGetsWhatItWasGranted() throws Exception {
        way.lose(true);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = threads.submit(() -> desk.acquire("seats", 7, Duration.ofSeconds(20)));
            await().atMost(Stage.BOUND).until(() -> way.lost() > 0 && counts().granted() > 1);
            way.lose(false);
            Lease got = asked.get();

            assertThat(counts().leased())
                    .as("held by the user, and by nobody else")
                    .isEqualTo(1);
            assertThat(counts().granted()).as("before, and now").isEqualTo(2);
            assertThat(desk.acquire("seats", 8, Duration.ofSeconds(5)).id()).isNotEqualTo(got.id());
        }
    }

    @Test
    void whatWasGrantedToAUserThatHasGoneMeanwhileGoesBack() {
        way.lose(true);
        assertThatThrownBy(() -> desk.acquire("seats", 7, Duration.ofMillis(700)))
                .isInstanceOf(ResourceTimeoutException.class);
        assertThat(counts().leased())
                .as("the answer was lost, the item is held")
                .isEqualTo(1);
        way.lose(false);

        await().atMost(Stage.BOUND).until(() -> {
            lease.renew(STATUS, BatchOrigin.NONE);
            return counts().available() == 3;
        });
        assertThat(counts().granted())
                .as("before, and once for the one who went")
                .isEqualTo(2);
    }

    private PoolCounts counts() {
        return stage.cluster.pools().counts("seats").orElseThrow();
    }
}
