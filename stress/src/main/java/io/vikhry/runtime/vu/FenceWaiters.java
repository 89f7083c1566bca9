package io.vikhry.runtime.vu;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** Closing a fence sends home who waits or is about to. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Sent home")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "Waits for ever")
@State
public class FenceWaiters {
    private final Fence fence = Fence.shut();

    @Actor
    public void user() {
        try {
            fence.pass();
        } catch (FenceClosedException e) {
            // This is how it is sent home.
        }
    }

    @Signal
    public void close() {
        fence.close();
    }
}
