package io.vikhry.runtime.probe;

import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ParamValues;
import io.vikhry.runtime.scenario.ScenarioProbe;
import io.vikhry.runtime.vu.Fence;
import io.vikhry.runtime.vu.Leash;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls the probes of a scenario, each at its own rhythm, from its making until it is closed.
 *
 * <p>One clock thread starts calls and cuts off those whose time is over; it never waits. Each call runs on a platform thread of
 * its own, so that a probe may block, compute or hang without delaying users, loops or other probes. A probe that does not even
 * end when it is interrupted keeps that one thread, and until it ends each of its further starts is counted as failed. While the
 * fence is shut nothing is started.
 */
public final class ProbeWatch implements AutoCloseable {
    private final Engine engine;
    private final LoadedScenario scenario;
    private final ParamValues params;
    private final Fence fence;
    private final Leash leash;
    private final LongSupplier clusterMillis;
    private final ScheduledThreadPoolExecutor clock;
    private final List<Rhythm> rhythms;
    private final Consumer<ProbeSample> seen;
    private volatile boolean closed;

    /**
     * Starts to call the probes of {@code scenario}.
     *
     * @param engine whose loops their HTTP clients use
     * @param fence what their requests, and each call, must pass
     * @param leash what their requests may not do
     * @param clusterMillis cluster time in ms since 1970
     * @param seen hears what each call came to, on the call's thread or the clock's
     */
    public ProbeWatch(
            Engine engine,
            LoadedScenario scenario,
            ParamValues params,
            Fence fence,
            Leash leash,
            LongSupplier clusterMillis,
            Consumer<ProbeSample> seen) {
        this.engine = engine;
        this.scenario = scenario;
        this.params = params;
        this.fence = fence;
        this.leash = leash;
        this.clusterMillis = clusterMillis;
        this.seen = seen;
        this.clock = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "vikhry-probe-clock");
            thread.setDaemon(true);
            return thread;
        });
        clock.setRemoveOnCancelPolicy(true);
        this.rhythms = scenario.probes().stream().map(Rhythm::new).toList();
        rhythms.forEach(rhythm -> clock.execute(rhythm::beat));
    }

    /** Starts nothing more and interrupts what runs; that is not counted. Does not wait. */
    @Override
    public void close() {
        closed = true;
        clock.shutdownNow();
        rhythms.forEach(Rhythm::stop);
    }

    private void tell(ProbeSample sample) {
        if (!closed) {
            seen.accept(sample);
        }
    }

    /** One probe and when it is called; on the clock's thread, but for {@link #stop}. */
    private final class Rhythm {
        private final ScenarioProbe probe;
        private final long everyNanos;
        private long dueNanos = System.nanoTime();
        private volatile @Nullable ProbeCall call;

        Rhythm(ScenarioProbe probe) {
            this.probe = probe;
            this.everyNanos = probe.every().toNanos();
        }

        void beat() {
            if (fence.isOpen()) {
                try {
                    start();
                } catch (RuntimeException | OutOfMemoryError e) {
                    // A machine without another thread to give; the next start may find one.
                    fail(ProbeSample.Outcome.FAILED, "not called: " + e);
                }
            }
            // Starts that were missed, as of a process that was stopped, are left out.
            long now = System.nanoTime();
            dueNanos += everyNanos * Math.max(1, Math.ceilDiv(now - dueNanos, everyNanos));
            clock.schedule(this::beat, dueNanos - now, TimeUnit.NANOSECONDS);
        }

        private void start() {
            ProbeCall before = call;
            if (before != null && before.isRunning()) {
                if (before.isCut()) {
                    fail(
                            ProbeSample.Outcome.TIMEOUT,
                            "not called: an earlier call goes on after its timeout and does not heed interrupts");
                }
                return;
            }
            ProbeCall next = new ProbeCall(
                    probe, engine, scenario, params, fence, leash, clusterMillis.getAsLong(), ProbeWatch.this::tell);
            call = next;
            if (closed) {
                return;
            }
            try {
                next.start();
            } catch (RuntimeException | Error e) {
                // It will not end, for it has not begun.
                call = null;
                throw e;
            }
            clock.schedule(next::cut, probe.timeout().toNanos(), TimeUnit.NANOSECONDS);
        }

        private void fail(ProbeSample.Outcome outcome, String why) {
            tell(new ProbeSample(
                    probe.name(), clusterMillis.getAsLong(), 0, outcome, List.of(), ProbeSample.line(why)));
        }

        void stop() {
            ProbeCall running = call;
            if (running != null) {
                running.stop();
            }
        }
    }
}
