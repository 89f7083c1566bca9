package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.load.ArrivalSchedule;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.LoadCurve.Stage;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A line on a loop, without the users that would serve it. */
class ArrivalLineTest {
    @Test
    void aUserThatCannotBeBegunIsTriedAgainAndKeepsNoArrivalFromBeingDue() {
        LoadCurve rate = LoadCurve.of(List.of(new Stage(0, 1_000, 0), new Stage(100, 0, 0)));
        BitSet one = new BitSet();
        one.set(7);
        AtomicInteger tries = new AtomicInteger();
        try (Engine engine = Engine.start(EngineOptions.defaults().withLoops(1))) {
            Loop loop = engine.loops().getFirst();
            ArrivalLine line = new ArrivalLine(loop, Fence.open(), (id, served) -> {
                if (tries.incrementAndGet() == 1) {
                    throw new OutOfMemoryError("no room for user " + id);
                }
            });
            ArrivalLine.Order order =
                    new ArrivalLine.Order(one, 1, rate, ArrivalSchedule.Part.ALL, System.nanoTime(), 0, 42);
            loop.execute(() -> line.follow(order));

            await().atMost(Duration.ofSeconds(10)).until(() -> line.counts().intended() == 100 && tries.get() == 2);
            assertThat(line.counts()).isEqualTo(new ArrivalCounts(100, 0, 0));
        }
    }
}
