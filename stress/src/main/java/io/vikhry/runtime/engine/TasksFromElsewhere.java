package io.vikhry.runtime.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A task that another thread gives to a loop is run, also when the loop is just about to sleep.
 *
 * <p>Each of the two threads has a loop of its own and hands it the next task the moment the last has run, when the loop goes to
 * its sockets: nobody else would wake it.
 */
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Both ran")
@Outcome(expect = FORBIDDEN, desc = "A loop slept on with a task waiting")
@State
public class TasksFromElsewhere {
    private static final Engine ENGINE = Engine.start(EngineOptions.defaults().withLoops(2));
    private static final Loop ONE = ENGINE.loops().get(0);
    private static final Loop TWO = ENGINE.loops().get(1);

    private volatile boolean one;
    private volatile boolean two;

    @Actor
    public void one(ZZ_Result r) {
        ONE.execute(() -> one = true);
        r.r1 = Patience.until(() -> one);
    }

    @Actor
    public void two(ZZ_Result r) {
        TWO.execute(() -> two = true);
        r.r2 = Patience.until(() -> two);
    }
}
