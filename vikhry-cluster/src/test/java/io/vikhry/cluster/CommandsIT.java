package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.redis.RedisFixture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CommandsIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    private final String name = Fixtures.freshCluster();
    private Cluster cluster;
    private final List<String> heard = new CopyOnWriteArrayList<>();

    @BeforeEach
    void connect() {
        cluster = Cluster.connect(redis.url(), name);
    }

    @AfterEach
    void disconnect() {
        cluster.close();
    }

    private void awaitHeard(String... reasons) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(heard).containsExactly(reasons));
    }

    @Test
    void eachWorkerHearsItsOwnCommandsInOrderFromNowOn() {
        cluster.commands().lookAgain(List.of("worker-1"), "before");
        try (Following following = cluster.commands().follow("worker-1", heard::add)) {
            cluster.commands().lookAgain(List.of("worker-1", "worker-2"), "plan");
            cluster.commands().lookAgain(List.of("worker-2"), "not for us");
            cluster.commands().lookAgain(List.of("worker-1"), "assignment");
            awaitHeard("plan", "assignment");
        }
    }

    @Test
    void aFollowerSurvivesALostConnectionAndHearsWhatWasSaidMeanwhile() {
        try (Following following = cluster.commands().follow("worker-1", heard::add)) {
            cluster.commands().lookAgain(List.of("worker-1"), "one");
            awaitHeard("one");
            for (int i = 2; i <= 4; i++) {
                killAllOtherConnections();
                String reason = "after loss " + i;
                await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> {
                    cluster.commands().lookAgain(List.of("worker-1"), reason);
                    return true;
                });
                await().atMost(Duration.ofSeconds(10)).until(() -> heard.contains(reason));
            }
        }
    }

    @Test
    void aReasonWhoseFollowerThrowsDoesNotEndIt() {
        try (Following following = cluster.commands().follow("worker-1", reason -> {
            heard.add(reason);
            if (reason.equals("bad")) {
                throw new IllegalStateException("on purpose");
            }
        })) {
            cluster.commands().lookAgain(List.of("worker-1"), "bad");
            cluster.commands().lookAgain(List.of("worker-1"), "good");
            awaitHeard("bad", "good");
        }
    }

    @Test
    void theStreamStaysShort() {
        for (int i = 0; i < 500; i++) {
            cluster.commands().lookAgain(List.of("worker-1"), "again");
        }
        try (Redis raw = new Redis(redis.url())) {
            long length = raw.call(r -> r.xlen(new Keys(name).commands("worker-1")));
            assertThat(length).isLessThan(301);
        }
    }

    @Test
    void closingIsQuickEvenWhileItWaits() {
        Following following = cluster.commands().follow("worker-1", heard::add);
        long before = System.nanoTime();
        following.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
    }

    private void killAllOtherConnections() {
        try (Redis raw = new Redis(redis.url())) {
            raw.call(r ->
                    r.clientKill(io.lettuce.core.KillArgs.Builder.typeNormal().skipme(true)));
        }
    }
}
