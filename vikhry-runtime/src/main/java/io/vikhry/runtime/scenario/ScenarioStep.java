package io.vikhry.runtime.scenario;

import io.vikhry.api.OnError;
import io.vikhry.api.VU;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A step as declared, ready to run. Immutable. */
public final class ScenarioStep {
    private final int index;
    private final String name;
    private final double weight;
    private final List<String> requires;
    private final @Nullable Every every;
    private final String timeoutText;
    private final long timeoutNanos;
    private final OnError onError;
    private final Consumer<VU> body;
    private volatile int[] required = {};

    ScenarioStep(
            int index,
            String name,
            double weight,
            List<String> requires,
            @Nullable Every every,
            String timeoutText,
            OnError onError,
            Consumer<VU> body) {
        this.index = index;
        this.name = name;
        this.weight = weight;
        this.requires = List.copyOf(requires);
        this.every = every;
        this.timeoutText = timeoutText;
        this.timeoutNanos =
                timeoutText.isEmpty() ? 0 : DurationText.parse(timeoutText).toNanos();
        this.onError = onError;
        this.body = body;
    }

    /** Its place in {@link LoadedScenario#steps}. */
    public int index() {
        return index;
    }

    /** Its name; the same object each time. */
    public String name() {
        return name;
    }

    /** Greater than 0. */
    public double weight() {
        return weight;
    }

    /** Names of the steps that must have succeeded before. */
    public List<String> requires() {
        return requires;
    }

    /** Whether all that it requires has succeeded, by the steps' indexes. */
    public boolean isAllowed(boolean[] succeeded) {
        for (int other : required) {
            if (!succeeded[other]) {
                return false;
            }
        }
        return true;
    }

    /** The time from one intended start to the next, or {@code null}: as soon as it is chosen. */
    public @Nullable Every every() {
        return every;
    }

    /** The longest one execution may take, in ns; 0 for no limit. */
    public long timeoutNanos() {
        return timeoutNanos;
    }

    /** The limit as its author wrote it; empty for none. */
    public String timeoutText() {
        return timeoutText;
    }

    /** What follows when it fails. */
    public OnError onError() {
        return onError;
    }

    /** Runs it on the calling thread; whatever the scenario's method throws goes through, checked exceptions too. */
    public void run(VU user) {
        body.accept(user);
    }

    /** Resolves what it requires; {@code indexes} in the order of {@link #requires}. */
    void require(int[] indexes) {
        required = indexes;
    }

    ScenarioDescription.Step describe() {
        return new ScenarioDescription.Step(
                name,
                weight,
                requires,
                every == null ? null : every.text(),
                timeoutText.isEmpty() ? null : timeoutText,
                onError);
    }
}
