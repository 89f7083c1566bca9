package io.vikhry.runtime.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Tasks of one thread run in the order in which it gave them, whatever others give meanwhile. */
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "In order")
@Outcome(expect = FORBIDDEN, desc = "A task was lost or overtaken")
@State
public class TasksInOrder {
    private static final Loop LOOP =
            Engine.start(EngineOptions.defaults().withLoops(1)).loops().getFirst();

    private final List<Integer> ran = new ArrayList<>();
    private volatile int count;

    @Actor
    public void one() {
        give(11);
        give(12);
    }

    @Actor
    public void two() {
        give(21);
        give(22);
    }

    @Arbiter
    public void order(ZZ_Result r) {
        boolean all = Patience.until(() -> count == 4);
        r.r1 = all && ran.indexOf(11) < ran.indexOf(12);
        r.r2 = all && ran.indexOf(21) < ran.indexOf(22);
    }

    private void give(int number) {
        LOOP.execute(() -> {
            ran.add(number);
            count = ran.size();
        });
    }
}
