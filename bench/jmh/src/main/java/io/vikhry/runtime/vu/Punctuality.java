package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.load.ArrivalSchedule;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.VuSet;
import io.vikhry.runtime.metrics.IntervalSnapshot;
import io.vikhry.runtime.metrics.SeriesSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Prints how late users begin what is due, while their steps keep a loop busy for half of the time: {@code every},
 * {@code pause} or {@code arrivals}, how many a second, and how many rounds.
 */
final class Punctuality {
    private static final int SECONDS = 4;
    /** Users, or the pool of them, by what a user does in 20 ms. */
    private static final int PERIOD_MILLIS = 20;

    private Punctuality() {}

    public static void main(String[] args) throws Exception {
        print(args[0], Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    }

    private static void print(String what, int perSecond, int rounds) throws Exception {
        int users = perSecond * PERIOD_MILLIS / 1_000;
        try (Engine engine = Engine.start(EngineOptions.defaults().withLoops(1));
                MeasuredUsers measured =
                        new MeasuredUsers(engine, "PunctualVU", source(what, 500_000_000L / perSecond))) {
            if (what.equals("arrivals")) {
                LoadCurve rate = LoadCurve.constant(perSecond);
                long t0 = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
                measured.executor.follow(
                        new ArrivalLoad(VuSet.of(0, 10 * users), users, rate, ArrivalSchedule.Part.ALL, t0, 0));
            } else {
                measured.executor.follow(VuSet.of(0, users), LoadCurve.constant(users), System.nanoTime());
            }
            TimeUnit.SECONDS.sleep(3);
            for (int round = 0; round < rounds; round++) {
                measured.seconds.clear();
                engine.health();
                TimeUnit.SECONDS.sleep(SECONDS);
                double busy = engine.health().loopUtilisation();
                print(measured.seconds, what, busy);
            }
            measured.executor.drain(Duration.ofSeconds(2));
        }
    }

    /** Steps that note how late they began, or their pause ended, and then compute. */
    private static String source(String what, long busyNanos) {
        String step = what.equals("every") ? "every = \"" + PERIOD_MILLIS + "ms\"" : "";
        String note = what.equals("pause")
                ? """
                        long due = System.nanoTime() + %1$d_000_000;
                        pause(java.time.Duration.ofMillis(%1$d));
                        metric("late").record(java.time.Duration.ofNanos(Math.max(0, System.nanoTime() - due)));
                """.formatted(PERIOD_MILLIS)
                // A flow's response time counts from when its step was due.
                : "flow(\"late\", () -> {});";
        return """
                public class PunctualVU extends io.vikhry.api.VU {
                    @io.vikhry.api.Step(%s) void step() throws Exception {
                        %s
                        long until = System.nanoTime() + %dL;
                        while (System.nanoTime() < until) Thread.onSpinWait();
                    }
                }
                """.formatted(step, note, busyNanos);
    }

    private static void print(List<IntervalSnapshot> seconds, String what, double busy) {
        Histogram late = new Histogram(3);
        int of = 0;
        for (IntervalSnapshot second : seconds) {
            of++;
            for (SeriesSnapshot series : second.series()) {
                if (series.name().equals("late")) {
                    late.add(series.response());
                }
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%s: %d/s begun, loop busy %.0f %%, late p50 %d us, p99 %d us, p99.9 %d us, max %d us%n",
                what,
                late.getTotalCount() / Math.max(1, of),
                100 * busy,
                late.getValueAtPercentile(50),
                late.getValueAtPercentile(99),
                late.getValueAtPercentile(99.9),
                late.getMaxValue());
    }
}
