package io.vikhry.runtime.metrics;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Recording a sample on its loop; a bare histogram beside it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RecorderBenchmark {
    /** A home that is always here. */
    private static final class Here implements Recorder.Home {
        @Override
        public boolean inLoop() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }

    private final Recorder recorder = new Recorder(new Here(), new SeriesLimit(SeriesLimit.DEFAULT));
    private final Series series = recorder.series(Kind.REQUEST, "get", "GET /");
    private final Histogram histogram = new Histogram(60_000_000L, 3);
    private long random = 88_172_645_463_325_252L;

    /** 100 us to about 16 ms. */
    private long nanos() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return 100_000 + (random & 0xFF_FFFF);
    }

    /** Two histograms, the status and the bytes. */
    @Benchmark
    public void record() {
        long nanos = nanos();
        series.recordStatus(nanos, nanos - 1_000, false, 200, 100, 300);
    }

    /** The same, with the series looked up by its names each time. */
    @Benchmark
    public void lookUpAndRecord() {
        long nanos = nanos();
        recorder.series(Kind.REQUEST, "get", "GET /").recordStatus(nanos, nanos - 1_000, false, 200, 100, 300);
    }

    @Benchmark
    public void histogramAlone() {
        histogram.recordValue(nanos() / 1_000);
    }
}
