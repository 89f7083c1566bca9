package io.vikhry.runtime.vu;

import io.vikhry.api.VU;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.metrics.Series;
import io.vikhry.runtime.scenario.ScenarioStep;
import io.vikhry.runtime.scenario.StackText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Carries out single executions of one user's steps: times them, records them, and does what follows a failure. */
final class StepRuns {
    private final RunSetting run;
    private final Loop loop;
    private final List<Series> stepSeries;
    private final UserContext context;
    private final VU vu;

    StepRuns(RunSetting run, Loop loop, List<Series> stepSeries, UserContext context, VU vu) {
        this.run = run;
        this.loop = loop;
        this.stepSeries = stepSeries;
        this.context = context;
        this.vu = vu;
    }

    /**
     * Runs a step on the calling thread, which is that of {@code stretch}; whether it succeeded.
     *
     * @param lateness how much later than intended it begins
     */
    @SuppressWarnings("CatchAndPrintStackTrace")
    boolean run(ScenarioStep step, long beginNanos, long lateness, Stretch stretch) {
        stretch.begin(false, step.timeoutNanos());
        Throwable thrown = null;
        try {
            step.run(vu);
        } catch (Throwable e) {
            // As in attempt, but without its frames: a user that waits keeps all frames below it in memory.
            thrown = e;
        }
        long service = System.nanoTime() - beginNanos;
        String code = Outcome.code(thrown, stretch.end());
        boolean failed = !code.equals(Outcome.OK);
        Series series = stepSeries.get(step.index());
        series.record(lateness + service, service, failed, code, 0, 0);
        if (failed && !code.equals(Outcome.CANCELLED)) {
            String message = code.equals(Outcome.TIMEOUT) || thrown == null
                    ? "the step took longer than " + step.timeoutText() + " and was interrupted"
                    : Outcome.message(thrown);
            report(run, loop, series, code, thrown, message);
            follow(step, code, message);
        }
        return !failed;
    }

    private void follow(ScenarioStep step, String code, String message) {
        switch (step.onError()) {
            case CONTINUE -> {
                // The next step is the strategy's business.
            }
            case STOP_USER -> context.stop();
            case ABORT_RUN -> {
                run.abort()
                        .because("step \"" + step.name() + "\" of user " + context.vuId() + " failed: " + code + ", "
                                + message);
                context.stop();
            }
        }
    }

    /** Reports what a piece of the scenario threw, unless the HTTP client has. */
    static void report(
            RunSetting run, Loop loop, Series series, String code, @Nullable Throwable thrown, String message) {
        if (thrown != null && Outcome.isReported(thrown, run.scenario()::owns)) {
            return;
        }
        tell(run, loop, series, code, thrown, message);
    }

    /** As {@link #report}, also where a request has told it already: it is why a user ended. */
    static void tell(
            RunSetting run, Loop loop, Series series, String code, @Nullable Throwable thrown, String message) {
        String detail = thrown == null ? null : StackText.of(thrown, run.scenario()::owns);
        loop.recorder().error(series, code, message, detail);
    }

    @SuppressWarnings("CatchAndPrintStackTrace")
    static @Nullable Throwable attempt(Body body) {
        try {
            body.run();
            return null;
        } catch (Throwable e) {
            // Whatever a scenario throws is a result, an Error too: other users must go on.
            return e;
        }
    }

    /** A piece of the scenario's own code. */
    interface Body {
        void run() throws Throwable;
    }
}
