package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.VuSet;
import io.vikhry.runtime.metrics.Collector;
import io.vikhry.runtime.metrics.IntervalSnapshot;
import io.vikhry.runtime.metrics.Kind;
import io.vikhry.runtime.metrics.SeriesSnapshot;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ScenarioBundle;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * A scenario at work in this JVM without a cluster around it: the price of a request of scenario code, and what it allocates.
 *
 * <pre>
 * java [-Dvikhry.loops=1] [-Dvikhry.transport=epoll] ... ScenarioLoad bench/scenarios/Loop.java BASE_URL USERS SECONDS
 * </pre>
 *
 * Each second it prints requests and failures, process CPU per request in µs, bytes allocated per request by the whole JVM, and
 * percentiles of the service time in µs.
 */
public final class ScenarioLoad {
    private final com.sun.management.OperatingSystemMXBean process =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final com.sun.management.ThreadMXBean threads =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long cpuNanos;
    private long allocated;

    private ScenarioLoad() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            System.err.println("usage: ScenarioLoad SCENARIO BASE_URL USERS SECONDS");
            System.exit(2);
        }
        ScenarioLoad load = new ScenarioLoad();
        try (LoadedScenario scenario = LoadedScenario.load(ScenarioBundle.of(Path.of(args[0])));
                Engine engine = Engine.start(EngineOptions.defaults());
                VuExecutor users = new VuExecutor(
                        engine,
                        scenario,
                        scenario.params().parse(Map.of("baseUrl", args[1])),
                        42,
                        Fence.open(),
                        new TestRun.Pools(),
                        new TestRun.Pools(),
                        VuOptions.DEFAULT,
                        Leash.NONE);
                Collector collector = Collector.start(
                        engine.loops().stream().map(Loop::recorder).toList(),
                        System::currentTimeMillis,
                        users::activeVus,
                        load::print)) {
            System.out.println(engine.describe());
            users.follow(VuSet.of(0, 1_000_000), LoadCurve.constant(Integer.parseInt(args[2])), System.nanoTime());
            Thread.sleep(Duration.ofSeconds(Long.parseLong(args[3])));
            users.drain(Duration.ofSeconds(2));
        }
    }

    private void print(IntervalSnapshot second) {
        long cpu = process.getProcessCpuTime();
        long bytes = threads.getTotalThreadAllocatedBytes();
        for (SeriesSnapshot s : second.series()) {
            if (s.kind() == Kind.REQUEST && s.count() > 0) {
                System.out.printf(
                        Locale.ROOT,
                        "%s: %d, %d failed, %.2f us CPU and %d B each; p50 %d p99 %d max %d us%n",
                        s.name(),
                        s.count(),
                        s.failures(),
                        (cpu - cpuNanos) / 1e3 / s.count(),
                        (bytes - allocated) / s.count(),
                        s.response().getValueAtPercentile(50),
                        s.response().getValueAtPercentile(99),
                        s.response().getMaxValue());
            }
        }
        cpuNanos = cpu;
        allocated = bytes;
    }
}
