package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerView;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PresenceTest {
    private final AtomicLong clock = new AtomicLong(1);
    private final Presence presence = new Presence(clock::get);

    @Test
    void aListedWorkerIsGoneWhenItsLeaseRanOut() {
        see(worker("w", 1, WorkerStatus.Phase.RUNNING, 4000));
        assertThat(presence.gone("w", 1)).isFalse();

        see(worker("w", 1, WorkerStatus.Phase.RUNNING, -1));
        assertThat(presence.gone("w", 1)).isTrue();
    }

    @Test
    void theOldLeaseOfAWorkerThatJoinedAgainIsOver() {
        see(worker("w", 1, WorkerStatus.Phase.RUNNING, 4000));
        see(worker("w", 2, WorkerStatus.Phase.READY, 4000));

        assertThat(presence.gone("w", 1)).isTrue();
        assertThat(presence.gone("w", 2)).isFalse();
    }

    @Test
    void aWorkerThatRedisForgotIsPresentForAsLongAsItMayGoOn() {
        see(worker("w", 1, WorkerStatus.Phase.RUNNING, 4000));
        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(4900));
        see();
        assertThat(presence.gone("w", 1)).isFalse();

        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(200));
        see();
        assertThat(presence.gone("w", 1)).isTrue();
    }

    @Test
    void aWorkerThatSaidItLeavesIsGoneWithItsLease() {
        see(worker("w", 1, WorkerStatus.Phase.LEAVING, 4000));
        assertThat(presence.gone("w", 1)).isFalse();

        see();
        assertThat(presence.gone("w", 1)).isTrue();
    }

    @Test
    void whoWasNeverSeenIsGone() {
        assertThat(presence.gone("w", 1)).isTrue();
    }

    @Test
    void aNewLeaderLetsWhoIsNotListedHaveTheTimeOfALease() {
        presence.begin();
        assertThat(presence.gone("w", 1)).isFalse();

        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(5_001));
        assertThat(presence.gone("w", 1)).isTrue();
    }

    @Test
    void whileAnotherRedisLeadsNobodyBelievesItsClockThatALeaseIsOver() {
        see(worker("w", 1, WorkerStatus.Phase.RUNNING, 4000));
        presence.otherClock();
        see(worker("w", 1, WorkerStatus.Phase.RUNNING, -1));
        assertThat(presence.gone("w", 1)).as("by a clock that may be ahead").isFalse();
        assertThat(presence.gone("w")).isFalse();

        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(5_001));
        see(worker("w", 1, WorkerStatus.Phase.RUNNING, -1));
        assertThat(presence.gone("w", 1)).as("after the time of a lease").isTrue();
        assertThat(presence.gone("w")).isTrue();
    }

    @Test
    void whoWorksForAnotherRunAfterTheEndWasSaidIsTurnedAway() {
        see(worker("w", 1, WorkerStatus.Phase.READY, 4000));

        assertThat(presence.turnedAway("w", 1, "another", -1)).isTrue();
        assertThat(presence.turnedAway("w", 1, "another", 0))
                .as("it may have begun since it was heard of")
                .isFalse();
        assertThat(presence.turnedAway("w", 2, "another", -1)).isFalse();
    }

    private void see(WorkerView... workers) {
        presence.see(new Roster(List.of(workers), List.of()));
    }

    private static WorkerView worker(String id, long fence, WorkerStatus.Phase phase, long remainingMillis) {
        return Statement.of(id, fence).in(phase).remaining(remainingMillis);
    }
}
