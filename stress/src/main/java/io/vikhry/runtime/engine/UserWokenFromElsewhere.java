package io.vikhry.runtime.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.locks.LockSupport;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A user's virtual thread that another thread unparks goes on, however its parking and the loop's sleep race with that. */
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Both went on")
@Outcome(expect = FORBIDDEN, desc = "A user was never resumed")
@State
public class UserWokenFromElsewhere {
    private static final Engine ENGINE =
            Engine.start(EngineOptions.defaults().withLoops(2).withScheduler(EngineOptions.Scheduler.LOOP));
    private static final Waiter ONE = new Waiter(ENGINE.loops().get(0));
    private static final Waiter TWO = new Waiter(ENGINE.loops().get(1));

    @Actor
    public void one(ZZ_Result r) {
        r.r1 = ONE.wake();
    }

    @Actor
    public void two(ZZ_Result r) {
        r.r2 = TWO.wake();
    }

    /** A user who parks until he is asked, answers, and parks again. */
    private static final class Waiter {
        private final Thread user;
        private volatile long asked;
        private volatile long answered;

        Waiter(Loop loop) {
            user = loop.start("waiter", () -> {
                while (true) {
                    while (answered == asked) {
                        LockSupport.park(this);
                    }
                    answered = asked;
                }
            });
        }

        boolean wake() {
            long question = asked + 1;
            asked = question;
            LockSupport.unpark(user);
            return Patience.until(() -> answered == question);
        }
    }
}
