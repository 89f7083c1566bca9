package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
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
        heard.addAll(hearing.look(
                List.of(Statement.of("w", fence).runs("run", 1).made(0, 1).seen(seen)), now));
    }
}
