package io.vikhry.cluster;

import static io.vikhry.cluster.ClusterState.State.IDLE;
import static io.vikhry.cluster.ClusterState.State.PREPARING;
import static io.vikhry.cluster.ClusterState.State.RUNNING;
import static io.vikhry.cluster.ClusterState.State.STOPPING;
import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.cluster.ClusterState.State;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClusterStateTest {
    @Test
    void theWaysAreThoseOfTheTable() {
        Map<State, Set<State>> table = Map.of(
                IDLE, Set.of(PREPARING),
                PREPARING, Set.of(RUNNING, STOPPING),
                RUNNING, Set.of(STOPPING),
                STOPPING, Set.of(IDLE));
        for (State from : State.values()) {
            for (State to : State.values()) {
                assertThat(from.leadsTo(to))
                        .as("%s -> %s", from, to)
                        .isEqualTo(table.get(from).contains(to));
            }
        }
    }
}
