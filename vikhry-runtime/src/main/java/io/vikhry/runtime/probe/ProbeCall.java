package io.vikhry.runtime.probe;

import io.vikhry.api.Http;
import io.vikhry.api.ProbeContext;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.http.Errand;
import io.vikhry.runtime.probe.ProbeSample.Outcome;
import io.vikhry.runtime.scenario.DurationText;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ParamValues;
import io.vikhry.runtime.scenario.ProbeValue;
import io.vikhry.runtime.scenario.ScenarioProbe;
import io.vikhry.runtime.scenario.StackText;
import io.vikhry.runtime.vu.Fence;
import io.vikhry.runtime.vu.Leash;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a probe, on a platform thread of its own. Its own thread, the clock that cuts it off and whoever stops it race for
 * the {@link #fate}: the first says what it came to, and it is said once.
 */
final class ProbeCall implements ProbeContext {
    private static final Logger LOG = LoggerFactory.getLogger(ProbeCall.class);

    private enum Fate {
        OPEN,
        ENDED,
        CUT,
        STOPPED
    }

    private final ScenarioProbe probe;
    private final ParamValues params;
    private final long atMillis;
    private final Consumer<ProbeSample> seen;
    private final Errand errand;
    private final long startNanos = System.nanoTime();
    private final AtomicReference<Fate> fate = new AtomicReference<>(Fate.OPEN);
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
        this.params = params;
        this.atMillis = atMillis;
        this.seen = seen;
        Loop loop = engine.nextLoop();
        this.errand = new Errand(engine, loop, leash.hosts(), leash.gate(loop, fence), scenario.json());
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
        return fate.get() == Fate.CUT;
    }

    /** Its time is over. */
    void cut() {
        if (fate.compareAndSet(Fate.OPEN, Fate.CUT)) {
            tell(Outcome.TIMEOUT, List.of(), "cut off after its timeout of " + DurationText.format(probe.timeout()));
            thread.interrupt();
        }
    }

    /** Nobody wants to know any more. */
    void stop() {
        fate.compareAndSet(Fate.OPEN, Fate.STOPPED);
        thread.interrupt();
    }

    private void run() {
        try {
            if (fate.get() != Fate.OPEN) {
                return;
            }
            List<ProbeValue> values = probe.run(this);
            if (fate.compareAndSet(Fate.OPEN, Fate.ENDED)) {
                tell(Outcome.OK, values, "");
            }
        } catch (Throwable e) {
            if (fate.compareAndSet(Fate.OPEN, Fate.ENDED)) {
                tell(Outcome.FAILED, List.of(), StackText.line(e));
            }
        } finally {
            over = true;
            errand.end(e -> LOG.warn("An HTTP client of probe {} was not closed", probe.name(), e));
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
        return errand.http(baseUrl);
    }
}
