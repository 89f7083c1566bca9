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

/** Whatever renews a fence while it is closed, it is shut afterwards, and nobody who saw it closed sees it open. */
@JCStressTest
@Outcome(id = "false, false", expect = ACCEPTABLE, desc = "Shut")
@Outcome(expect = FORBIDDEN, desc = "Open although it was closed")
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
        r.r1 = closed && fence.isOpen();
    }

    @Arbiter
    public void afterwards(ZZ_Result r) {
        r.r2 = fence.isOpen();
    }
}
