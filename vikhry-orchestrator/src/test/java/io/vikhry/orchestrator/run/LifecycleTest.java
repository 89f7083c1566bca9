package io.vikhry.orchestrator.run;

import static io.vikhry.cluster.ClusterState.State.IDLE;
import static io.vikhry.cluster.ClusterState.State.PREPARING;
import static io.vikhry.cluster.ClusterState.State.RUNNING;
import static io.vikhry.cluster.ClusterState.State.STOPPING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vikhry.cluster.ClusterState.State;
import io.vikhry.orchestrator.run.Lifecycle.Event;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of {@link Lifecycle}, line by line. */
class LifecycleTest {
    @ParameterizedTest
    @EnumSource(Event.class)
    void everyEventLeadsWhereTheTableSays(Event event) {
        switch (event) {
            case START -> line(event, PREPARING, null, null, null);
            case PREPARED -> line(event, null, RUNNING, null, null);
            case CHANGE_LOAD -> line(event, null, null, RUNNING, null);
            case STOP -> line(event, null, STOPPING, STOPPING, null);
            case DURATION -> line(event, null, null, STOPPING, null);
            case FAILED -> line(event, null, STOPPING, STOPPING, null);
            case TAKE_OVER -> line(event, IDLE, STOPPING, STOPPING, STOPPING);
            case ENDED -> line(event, null, null, null, IDLE);
        }
    }

    @Test
    void everyWayIsOneThatTheClusterKnows() {
        for (State from : State.values()) {
            for (Event event : Event.values()) {
                Lifecycle.next(from, event)
                        .filter(to -> to != from)
                        .ifPresent(to -> assertThat(from.leadsTo(to))
                                .as("%s from %s to %s", event, from, to)
                                .isTrue());
            }
        }
    }

    @Test
    void whatIsAskedForAtTheWrongTimeIsRefusedWithTheState() {
        assertThatThrownBy(() -> Lifecycle.asked(RUNNING, Event.START))
                .hasMessage("A run is RUNNING; stop it first.")
                .isInstanceOfSatisfying(Refusal.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(Refusal.Code.INVALID_STATE);
                    assertThat(refusal.details()).containsEntry("state", "RUNNING");
                });
        assertThatThrownBy(() -> Lifecycle.asked(IDLE, Event.STOP)).hasMessageContaining("start one first");
    }

    private static void line(
            Event event,
            @Nullable State idle,
            @Nullable State preparing,
            @Nullable State running,
            @Nullable State stopping) {
        assertThat(Lifecycle.next(IDLE, event)).isEqualTo(Optional.ofNullable(idle));
        assertThat(Lifecycle.next(PREPARING, event)).isEqualTo(Optional.ofNullable(preparing));
        assertThat(Lifecycle.next(RUNNING, event)).isEqualTo(Optional.ofNullable(running));
        assertThat(Lifecycle.next(STOPPING, event)).isEqualTo(Optional.ofNullable(stopping));
    }
}
