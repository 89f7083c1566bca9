package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.VuSet;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ParamValues;
import java.time.Duration;
import java.util.List;

/** Runs one worker's users of one run. */
public final class VuExecutor implements AutoCloseable {

    /** Nobody runs before the first {@link #follow}. */
    public VuExecutor(
            Engine engine,
            LoadedScenario scenario,
            ParamValues params,
            long seed,
            Fence fence,
            ResourceLeases leases,
            VuOptions options) {
        throw new UnsupportedOperationException();
    }

    /**
     * Runs user {@code i} of {@code vus} while {@code i < curve(t)}; replaces what was followed before, so that only the
     * difference starts and stops. A user that is no longer wanted ends after its current step. After {@link #drain} it does
     * nothing.
     *
     * @param t0Nanos the {@link System#nanoTime} at which the curve's time is 0
     */
    public void follow(VuSet vus, LoadCurve curve, long t0Nanos) {
        throw new UnsupportedOperationException();
    }

    /**
     * Ends all users, each after its current step; after {@code timeout} those left are interrupted. Returns when all have
     * ended, and in any case after {@code timeout}, the limit of {@code onStop} and the grace of the options.
     */
    public Drained drain(Duration timeout) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    /** Users between the start of {@code onInit} and the end of {@code onStop}. */
    public int activeVus() {
        throw new UnsupportedOperationException();
    }

    /** Users started so far. */
    public long startedVus() {
        throw new UnsupportedOperationException();
    }

    /** Users that ended by an exception before their first step. */
    public long failedVus() {
        throw new UnsupportedOperationException();
    }

    /** Starts that were intended by now but have not happened. */
    public long debt() {
        throw new UnsupportedOperationException();
    }

    /** Ends all users at once, as a {@link #drain} without time. */
    @Override
    public void close() {}

    /**
     * How the end went.
     *
     * @param interrupted users that had to be interrupted
     * @param abandoned users that did not even end then, each with where it stands
     */
    public record Drained(int interrupted, List<String> abandoned) {
        public Drained {
            abandoned = List.copyOf(abandoned);
        }
    }
}
