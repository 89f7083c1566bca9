package io.vikhry.runtime.vu;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** An interrupt that comes when its section ends hits it or nothing: never the code after it. */
@JCStressTest
@Outcome(id = "false, true, true", expect = ACCEPTABLE, desc = "It hit, and the section says so")
@Outcome(id = "false, false, false", expect = ACCEPTABLE, desc = "It came too early or too late")
@Outcome(expect = FORBIDDEN, desc = "It reached the code after the section, or was not told of")
@State
public class InterruptStaysInItsSection {
    private final Section section = new Section();
    private volatile @Nullable Thread user;

    @Actor
    public void user(ZZZ_Result r) {
        user = Thread.currentThread();
        section.begin(false);
        r.r2 = section.end() != null;
        r.r1 = Thread.interrupted();
    }

    @Actor
    public void end(ZZZ_Result r) {
        Thread whom = user;
        r.r3 = whom != null && section.interruptForEnd(whom);
    }
}
