package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.metrics.Kind;
import io.vikhry.runtime.metrics.Series;
import io.vikhry.runtime.scenario.DurationText;
import io.vikhry.runtime.vu.StepRuns.Body;
import java.time.Duration;

/** What a user does outside steps, from {@code onInit} to giving back what it leased: carried out, timed and recorded. */
final class Lifecycle {
    private final RunSetting run;
    private final Loop loop;
    private final Vigil vigil;
    private final Stretch stretch;

    /** Of the user to whom {@code vigil} and {@code stretch} belong; to be used on its thread. */
    Lifecycle(RunSetting run, Loop loop, Vigil vigil, Stretch stretch) {
        this.run = run;
        this.loop = loop;
        this.vigil = vigil;
        this.stretch = stretch;
    }

    /**
     * Runs {@code body} and gives its result code.
     *
     * @param shielded whether the end of the user must not interrupt it
     * @param limit after which it is interrupted; zero is none
     */
    String run(String name, boolean shielded, Duration limit, Body body) {
        vigil.doing(name);
        long begin = System.nanoTime();
        stretch.begin(shielded, limit.toNanos());
        Throwable thrown = StepRuns.attempt(body);
        long service = System.nanoTime() - begin;
        String code = Outcome.code(thrown, stretch.end());
        boolean failed = !code.equals(Outcome.OK);
        Series series = loop.recorder().series(Kind.LIFECYCLE, "", name);
        series.record(service, service, failed, code, 0, 0);
        if (failed && !code.equals(Outcome.CANCELLED)) {
            String message = code.equals(Outcome.TIMEOUT) || thrown == null
                    ? name + " took longer than " + DurationText.format(limit) + " and was interrupted"
                    : Outcome.message(thrown);
            StepRuns.tell(run, loop, series, code, thrown, message);
        }
        return code;
    }

    /** The user's strategy threw that, which ends the user. */
    void strategyFailed(Throwable thrown) {
        Series series = loop.recorder().series(Kind.LIFECYCLE, "", "strategy");
        series.record(0, 0, true, Outcome.EXCEPTION, 0, 0);
        StepRuns.tell(run, loop, series, Outcome.EXCEPTION, thrown, Outcome.message(thrown));
    }
}
