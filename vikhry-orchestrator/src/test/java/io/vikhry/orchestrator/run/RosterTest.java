package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerStatus.Health;
import io.vikhry.cluster.WorkerStatus.Phase;
import io.vikhry.cluster.WorkerView;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RosterTest {
    private static final String DIGEST = "9f2c";

    @Test
    void aWorkerCanDoWhatItsCoresAndTheQuotaOfItsContainerLetIt() {
        Roster roster = roster(
                worker("eight", 8, 8, Phase.READY, null),
                worker("half", 8, 0.5, Phase.READY, null),
                worker("unlimited", 4, 0, Phase.READY, null));

        assertThat(roster.able(DIGEST))
                .extracting(Shares.Holder::workerId, Shares.Holder::capacity)
                .containsExactly(tuple("eight", 8.0), tuple("half", 0.5), tuple("unlimited", 4.0));
    }

    @Test
    void usersAreDealtByThatAndMoveWhenItChanges() {
        Shares shares = new Shares();
        shares.grow(
                90,
                roster(worker("a", 2, 2, Phase.READY, null), worker("b", 2, 1, Phase.READY, null))
                        .able(DIGEST));
        assertThat(shares.usersOf("a", 90)).isEqualTo(60);
        assertThat(shares.usersOf("b", 90)).isEqualTo(30);

        List<Shares.Holder> turned = roster(worker("a", 2, 1, Phase.READY, null), worker("b", 2, 2, Phase.READY, null))
                .able(DIGEST);
        assertThat(shares.rebalance(turned, 2)).isTrue();
        shares.settle("a", 1, 2, turned);
        assertThat(shares.usersOf("a", 90)).isBetween(28, 33);
        assertThat(shares.usersOf("b", 90)).isBetween(57, 62);
    }

    @Test
    void whoLeavesOrHasAnotherScenarioOrCannotGoOnIsGivenNothing() {
        Roster roster =
                roster(worker("leaves", 2, 2, Phase.LEAVING, null), worker("broken", 2, 2, Phase.READY, "out of disk"));

        assertThat(roster.able(DIGEST)).isEmpty();
        assertThat(roster(worker("fine", 2, 2, Phase.READY, null)).able("another"))
                .isEmpty();
    }

    private static Roster roster(WorkerView... workers) {
        return new Roster(List.of(workers), List.of());
    }

    private static WorkerView worker(String id, double cores, double quota, Phase phase, @Nullable String error) {
        Health health = new Health(WorkerStatus.Condition.HEALTHY, List.of(), 0.1, quota, 1, 1, 0, 0, 0.1, 100, 0, 0);
        return new Statement(id, 1, phase, cores, DIGEST, error, null, 0, 0, 0, health).seen(0);
    }
}
