package io.vikhry.runtime.metrics;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;

/** The collector empties a slice and gives it back while the loop records and swaps again: each sample counts once. */
@JCStressTest
@Outcome(id = "4, 4, 4", expect = ACCEPTABLE, desc = "All samples, in the count, the times and the codes")
@Outcome(expect = FORBIDDEN, desc = "A sample vanished, or came twice")
@State
public class SliceHandOver {
    private final Recorder recorder = new Recorder(new Caller(), new SeriesLimit(2));
    private final Series series = recorder.series(Kind.REQUEST, "buy", "GET /");
    private final Interval interval = new Interval();
    private volatile Recorder.@Nullable Part handed;
    private Recorder.@Nullable Part kept;

    @Actor
    public void loop() {
        series.recordStatus(1, 1, false, 200, 0, 0);
        handed = recorder.swap();
        // From here on the slice that was handed over may come back at any moment.
        series.recordStatus(1, 1, false, 200, 0, 0);
        kept = recorder.swap();
        series.recordStatus(1, 1, false, 200, 0, 0);
        series.recordStatus(1, 1, false, 200, 0, 0);
    }

    @Actor
    public void collector() {
        for (int look = 0; look < 1_000; look++) {
            Recorder.Part part = handed;
            if (part != null) {
                interval.add(part);
                handed = null;
                return;
            }
            Thread.onSpinWait();
        }
    }

    @Arbiter
    public void sum(JJJ_Result r) {
        add(handed);
        add(kept);
        add(recorder.swap());
        SeriesSnapshot sum = interval.snapshot(0, 0).series().getFirst();
        r.r1 = sum.count();
        r.r2 = sum.response().getTotalCount();
        r.r3 = sum.codes().getOrDefault("200", 0L);
    }

    private void add(Recorder.@Nullable Part part) {
        if (part != null) {
            interval.add(part);
        }
    }
}
