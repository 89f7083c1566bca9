package io.vikhry.runtime.metrics;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.engine.Loop;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** A thread that is no loop records while the collector asks the loop to swap: the sample is in this part or in the next. */
@JCStressTest
@Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "All samples and the error")
@Outcome(expect = FORBIDDEN, desc = "Something vanished, or came twice")
@State
public class SamplesFromElsewhere {
    private static final Loop LOOP =
            Engine.start(EngineOptions.defaults().withLoops(1)).loops().getFirst();

    private final Recorder recorder = new Recorder(LOOP, new SeriesLimit(2));
    private final Series series = recorder.series(Kind.REQUEST, "buy", "GET /");
    private final CompletableFuture<Recorder.Part> first = new CompletableFuture<>();

    @Actor
    public void user() {
        series.record(1, 1, false, "OK", 0, 0);
        series.record(2, 1, true, "TIMEOUT", 0, 0);
        recorder.error(series, "TIMEOUT", "too late", null);
    }

    @Actor
    public void collector() {
        LOOP.execute(() -> first.complete(recorder.swap()));
    }

    @Arbiter
    public void sum(JJ_Result r) {
        CompletableFuture<Recorder.Part> second = new CompletableFuture<>();
        LOOP.execute(() -> second.complete(recorder.swap()));
        Interval interval = new Interval();
        interval.add(first.join());
        interval.add(second.join());
        IntervalSnapshot sum = interval.snapshot(0, 0);
        r.r1 = sum.series().getFirst().count();
        r.r2 = sum.errors().stream().mapToLong(ErrorSnapshot::count).sum();
    }
}
