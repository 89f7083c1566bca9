package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HearingTest {
    private final Hearing hearing = new Hearing();
    private final List<Interruption> heard = new ArrayList<>();

    @Test
    void aWorkerThatRenewsEachSecondIsNotNoted() {
        for (long now = 0; now < 20_000; now += 300) {
            look(now, now / 1000 * 1000, 1);
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void aWorkerThatStoodStillIsNotedWhenItIsHeardOfAgain() {
        for (long now = 0; now < 4_000; now += 300) {
            look(now, 0, 1);
        }
        assertThat(heard).isEmpty();
        look(4_100, 4_000, 1);
        look(4_400, 4_000, 1);

        assertThat(heard).containsExactly(Interruption.once(0, 4_000, "w was not heard of"));
    }

    @Test
    void whoWasNotHeardWhileNobodyListenedIsNotNoted() {
        look(0, 0, 1);
        look(9_000, 0, 1);
        look(9_300, 9_200, 1);

        assertThat(heard).isEmpty();
    }

    @Test
    void aNewLeaseIsAnotherWorker() {
        for (long now = 0; now < 4_000; now += 300) {
            look(now, 0, 1);
        }
        look(4_100, 4_000, 2);

        assertThat(heard).isEmpty();
    }

    private void look(long now, long seen, long fence) {
        WorkerStatus status = new WorkerStatus(
                "w",
                fence,
                WorkerStatus.Phase.RUNNING,
                "host",
                1,
                "dev",
                "",
                2,
                null,
                null,
                null,
                null,
                "run",
                1,
                1,
                1,
                0,
                0,
                1,
                WorkerStatus.Health.fine(0, 0, 0, 0, 0));
        heard.addAll(hearing.look(List.of(new WorkerView(status, 5_000, seen, Map.of())), now));
    }
}
