package io.vikhry.runtime.probe;

import io.vikhry.api.Http;
import io.vikhry.api.ProbeContext;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.http.AllowedHosts;
import io.vikhry.runtime.http.ClientOwner;
import io.vikhry.runtime.http.Gate;
import io.vikhry.runtime.http.HttpClients;
import io.vikhry.runtime.probe.ProbeSample.Outcome;
import io.vikhry.runtime.scenario.DurationText;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ParamValues;
import io.vikhry.runtime.scenario.ProbeValue;
import io.vikhry.runtime.scenario.ScenarioProbe;
import io.vikhry.runtime.vu.Fence;
import io.vikhry.runtime.vu.Leash;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a probe, on a platform thread of its own. Its own thread, the clock that cuts it off and whoever stops it race for
 * {@link #settled}: the first says what it came to, and it is said once.
 */
final class ProbeCall implements ProbeContext, ClientOwner {
    private static final Logger LOG = LoggerFactory.getLogger(ProbeCall.class);

    private final ScenarioProbe probe;
    private final Engine engine;
    private final LoadedScenario scenario;
    private final ParamValues params;
    private final AllowedHosts hosts;
    private final Gate gate;
    private final long atMillis;
    private final Consumer<ProbeSample> seen;
    private final Loop loop;
    private final long startNanos = System.nanoTime();
    private final ConcurrentLinkedQueue<AutoCloseable> clients = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean settled = new AtomicBoolean();
    private final Thread thread;
    private volatile boolean over;

    /** A call that has not begun; {@code seen} hears what it came to, unless it is stopped. */
    ProbeCall(
            ScenarioProbe probe,
            Engine engine,
            LoadedScenario scenario,
            ParamValues params,
            Fence fence,
            Leash leash,
            long atMillis,
            Consumer<ProbeSample> seen) {
        this.probe = probe;
        this.engine = engine;
        this.scenario = scenario;
        this.params = params;
        this.atMillis = atMillis;
        this.seen = seen;
        this.loop = engine.nextLoop();
        this.hosts = leash.hosts();
        this.gate = leash.gate(loop, fence);
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("vikhry-probe-" + probe.name())
                .inheritInheritableThreadLocals(false)
                .unstarted(this::run);
        thread.setContextClassLoader(scenario.classLoader());
    }

    void start() {
        thread.start();
    }

    /** Whether the scenario's code runs, or is about to. */
    boolean isRunning() {
        return !over;
    }

    /** Whether it was cut off by its timeout. */
    boolean isCut() {
        return settled.get();
    }

    /** Its time is over. */
    void cut() {
        if (!over && settled.compareAndSet(false, true)) {
            tell(Outcome.TIMEOUT, List.of(), "cut off after its timeout of " + DurationText.format(probe.timeout()));
            thread.interrupt();
        }
    }

    /** Nobody wants to know any more. */
    void stop() {
        settled.set(true);
        thread.interrupt();
    }

    private void run() {
        try {
            if (settled.get()) {
                return;
            }
            List<ProbeValue> values = probe.run(this);
            if (settled.compareAndSet(false, true)) {
                tell(Outcome.OK, values, "");
            }
        } catch (Throwable e) {
            if (settled.compareAndSet(false, true)) {
                tell(Outcome.FAILED, List.of(), e.toString());
            }
        } finally {
            over = true;
            clients.forEach(ProbeCall::close);
        }
    }

    private static void close(AutoCloseable client) {
        try {
            client.close();
        } catch (Exception e) {
            LOG.debug("A probe's client", e);
        }
    }

    private void tell(Outcome outcome, List<ProbeValue> values, String error) {
        long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - startNanos);
        seen.accept(new ProbeSample(probe.name(), atMillis, micros, outcome, values, ProbeSample.line(error)));
    }

    @Override
    public <T> T param(String name, Class<T> type) {
        return params.get(name, type);
    }

    @Override
    public Http.Builder http(URI baseUrl) {
        return HttpClients.builder(this, baseUrl);
    }

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public String step() {
        return "";
    }

    @Override
    public long latenessNanos() {
        return 0;
    }

    @Override
    public Gate gate() {
        return gate;
    }

    @Override
    public boolean mayCall(String host, int port) {
        return hosts.permits(host, port);
    }

    @Override
    public boolean measured() {
        return false;
    }

    @Override
    public void closeAtEnd(AutoCloseable client) {
        clients.add(client);
    }
}
