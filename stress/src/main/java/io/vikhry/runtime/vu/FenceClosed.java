package io.vikhry.runtime.vu;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Whatever renews a fence while it is closed, nobody passes who comes afterwards, or who saw that it was closed. */
@JCStressTest
@Outcome(id = "false, false", expect = ACCEPTABLE, desc = "Nobody passed")
@Outcome(expect = FORBIDDEN, desc = "A user passed a closed fence")
@State
public class FenceClosed {
    private final Fence fence = Fence.open();

    @Actor
    public void close() {
        fence.close();
    }

    @Actor
    public void renew(ZZ_Result r) {
        fence.renewUntil(System.nanoTime() + TimeUnit.HOURS.toNanos(1));
        boolean closed = fence.isClosed();
        r.r1 = closed && passes();
    }

    @Arbiter
    public void afterwards(ZZ_Result r) {
        r.r2 = passes();
    }

    private boolean passes() {
        try {
            fence.pass();
            return true;
        } catch (FenceClosedException e) {
            return false;
        }
    }
}
