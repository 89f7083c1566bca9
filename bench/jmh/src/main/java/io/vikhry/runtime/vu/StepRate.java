package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.VuSet;
import io.vikhry.runtime.metrics.IntervalSnapshot;
import io.vikhry.runtime.metrics.Kind;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Prints how many steps a second users without a pause do on all loops together: so many users for each loop, so many rounds. A step is all of
 * a request but its socket: the step's clocks and series, a user that waits, a loop that wakes it, and a series of its own.
 */
final class StepRate {
    private static final int WARM_SECONDS = 6;
    private static final int SECONDS = 2;
    /** Where the scenario, whose classes are apart from these, finds its loop. */
    private static final String LOOP = "vikhry.bench.loop";

    private static final String SOURCE = """
            import java.time.Duration;
            import java.util.concurrent.Executor;
            import java.util.concurrent.locks.LockSupport;

            public class WaitingVU extends io.vikhry.api.VU {
                private static final Executor LOOP = (Executor) System.getProperties().get("%s");
                private Thread self;
                private boolean answered;
                private final Runnable answer = () -> {
                    answered = true;
                    LockSupport.unpark(self);
                };

                @Override public void onInit() {
                    self = Thread.currentThread();
                }

                @io.vikhry.api.Step void exchange() {
                    long begin = System.nanoTime();
                    answered = false;
                    LOOP.execute(answer);
                    while (!answered) LockSupport.park(this);
                    metric("exchange").record(Duration.ofNanos(System.nanoTime() - begin));
                }
            }
            """.formatted(LOOP);

    private StepRate() {}

    public static void main(String[] args) throws Exception {
        print(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
    }

    private static void print(int usersOfALoop, int rounds) throws Exception {
        Executor current = task -> Objects.requireNonNull(Loop.current()).execute(task);
        System.getProperties().put(LOOP, current);
        try (Engine engine = Engine.start();
                MeasuredUsers measured = new MeasuredUsers(engine, "WaitingVU", SOURCE)) {
            if (engine.fallback()) {
                throw new IllegalStateException("this would measure the fallback: " + engine.describe());
            }
            int users = usersOfALoop * engine.loops().size();
            measured.executor.follow(VuSet.of(0, users), LoadCurve.constant(users), System.nanoTime());
            TimeUnit.SECONDS.sleep(WARM_SECONDS);
            for (int round = 0; round < rounds; round++) {
                round(measured.seconds, engine.loops().size(), users);
            }
            measured.executor.drain(Duration.ofSeconds(2));
        }
    }

    private static void round(List<IntervalSnapshot> seconds, int loops, int users) throws InterruptedException {
        seconds.clear();
        long cpu = cpuNanos();
        TimeUnit.SECONDS.sleep(SECONDS);
        cpu = cpuNanos() - cpu;
        List<IntervalSnapshot> whole = List.copyOf(seconds);
        long steps = whole.stream()
                .flatMap(second -> second.series().stream())
                .filter(series -> series.kind() == Kind.CUSTOM)
                .mapToLong(series -> series.response().getTotalCount())
                .sum();
        double perSecond = (double) steps / Math.max(1, whole.size());
        System.out.printf(
                Locale.ROOT,
                "steps: %d users on %d loops, %.0f ns CPU each, %.0f a second%n",
                users,
                loops,
                cpu / (double) SECONDS / perSecond,
                perSecond);
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
