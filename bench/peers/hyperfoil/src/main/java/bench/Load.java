package bench;

import static io.hyperfoil.http.steps.HttpStepCatalog.SC;

import io.hyperfoil.api.config.Benchmark;
import io.hyperfoil.api.config.BenchmarkBuilder;
import io.hyperfoil.api.config.PhaseBuilder;
import io.hyperfoil.core.builders.StepCatalog;
import io.hyperfoil.core.impl.LocalSimulationRunner;
import io.hyperfoil.http.api.HttpMethod;
import io.hyperfoil.http.config.HttpPluginBuilder;
import io.hyperfoil.http.config.Protocol;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The harness's kinds of load in Hyperfoil, in this JVM as its own wrk command does; chosen by the system properties mode,
 * users, seconds, rate and port. In the open model `users` is the number of connections.
 */
public final class Load {
    private Load() {}

    public static void main(String[] args) throws Exception {
        String mode = System.getProperty("mode");
        int users = Integer.getInteger("users");
        long millis = Integer.getInteger("seconds") * 1000L;
        int rate = (int) Double.parseDouble(System.getProperty("rate"));

        BenchmarkBuilder benchmark = BenchmarkBuilder.builder()
                .name("bench")
                .addPlugin(HttpPluginBuilder::new)
                .ergonomics()
                .repeatCookies(false)
                .userAgentFromSession(false)
                .endErgonomics()
                .http()
                .protocol(Protocol.HTTP)
                .host("127.0.0.1")
                .port(Integer.getInteger("port"))
                .allowHttp2(false)
                .sharedConnections(users)
                .endHttp()
                .endPlugin()
                .threads(1)
                .failurePolicy(Benchmark.FailurePolicy.CONTINUE);
        PhaseBuilder.Catalog phases = benchmark.addPhase("load");
        PhaseBuilder<?> phase = mode.equals("open")
                ? phases.constantRate(rate).variance(false).maxSessions(rate * 15)
                : phases.always(users);
        phase.duration(millis).maxDuration(millis + 15_000);
        var scenario = phase.scenario();
        scenario.maxRequests(1);
        scenario.maxSequences(1);
        var sequence = scenario.initialSequence("get")
                .step(SC)
                .httpRequest(HttpMethod.GET)
                .path("/")
                .timeout("60s")
                .endStep();
        if (mode.equals("idle")) {
            sequence.step(StepCatalog.SC).thinkTime(10, TimeUnit.SECONDS).endStep();
        }
        sequence.endSequence();

        Histogram all = new Histogram(TimeUnit.SECONDS.toNanos(120), 3);
        new LocalSimulationRunner(
                        benchmark.build(),
                        (p, step, metric, statistics, countDown) -> all.add(statistics.histogram),
                        null,
                        null)
                .run();
        System.out.printf(
                "LATENCY p50=%.3f p90=%.3f p95=%.3f p99=%.3f p99.9=%.3f max=%.3f%n",
                all.getValueAtPercentile(50) / 1e6,
                all.getValueAtPercentile(90) / 1e6,
                all.getValueAtPercentile(95) / 1e6,
                all.getValueAtPercentile(99) / 1e6,
                all.getValueAtPercentile(99.9) / 1e6,
                all.getMaxValue() / 1e6);
        System.exit(0);
    }
}
