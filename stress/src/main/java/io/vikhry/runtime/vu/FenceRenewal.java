package io.vikhry.runtime.vu;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A renewal that comes while a user is about to wait lets him pass. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Passed")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "The wake-up was lost")
@State
public class FenceRenewal {
    private final Fence fence = Fence.shut();

    @Actor
    public void user() {
        fence.pass();
    }

    @Signal
    public void renew() {
        fence.renewUntil(System.nanoTime() + TimeUnit.HOURS.toNanos(1));
    }
}
