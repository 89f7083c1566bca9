package io.vikhry.runtime.metrics;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;

/** The collector gives an old slice back at the moment the loop begins a new one: the loop gets it empty, or another. */
@JCStressTest
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "The one sample, in the count, the times and the codes")
@Outcome(expect = FORBIDDEN, desc = "The sample was wiped out, or old ones came back")
@State
public class SliceGivenBack {
    private final Recorder recorder = new Recorder(new Caller(), new SeriesLimit(2));
    private final Series series = recorder.series(Kind.REQUEST, "buy", "GET /");
    private final SeriesSlice old;

    public SliceGivenBack() {
        series.recordStatus(1, 1, false, 200, 0, 0);
        series.recordStatus(1, 1, false, 200, 0, 0);
        old = recorder.swap().taken().getFirst().slice();
    }

    @Actor
    public void loop() {
        series.recordStatus(1, 1, false, 200, 0, 0);
    }

    @Actor
    public void collector() {
        series.giveBack(old);
    }

    @Arbiter
    public void sum(JJJ_Result r) {
        Interval interval = new Interval();
        interval.add(recorder.swap());
        SeriesSnapshot sum = interval.snapshot(0, 0).series().getFirst();
        r.r1 = sum.count();
        r.r2 = sum.response().getTotalCount();
        r.r3 = sum.codes().getOrDefault("200", 0L);
    }
}
