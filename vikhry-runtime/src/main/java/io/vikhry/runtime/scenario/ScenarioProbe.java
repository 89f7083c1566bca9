package io.vikhry.runtime.scenario;

import io.vikhry.api.ProbeContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;

/** A probe as declared, ready to run. Immutable. */
public final class ScenarioProbe {
    private final String name;
    private final Duration every;
    private final Duration timeout;
    private final Method method;
    private final ProbeResult result;

    ScenarioProbe(String name, Duration every, Duration timeout, Method method, ProbeResult result) {
        this.name = name;
        this.every = every;
        this.timeout = timeout;
        this.method = method;
        this.result = result;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** From one start to the next. */
    public Duration every() {
        return every;
    }

    /** The longest one call may take. */
    public Duration timeout() {
        return timeout;
    }

    /**
     * Calls it on this thread; whatever the scenario's method throws goes through.
     *
     * @return the values it saw, none if it returns nothing
     */
    public List<ProbeValue> run(ProbeContext context) throws Throwable {
        try {
            return result.values(method.getParameterCount() == 0 ? method.invoke(null) : method.invoke(null, context));
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    ScenarioDescription.Probe describe() {
        return new ScenarioDescription.Probe(
                name, DurationText.format(every), DurationText.format(timeout), result.fields());
    }
}
