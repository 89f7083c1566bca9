package io.vikhry.runtime.scenario;

import io.vikhry.runtime.engine.Engine;
import java.time.Duration;
import java.util.Set;

/** Makes the items of a scenario's pools: runs its factories, each on a virtual thread of its own. */
public final class ResourceFactories {
    /** The factories of {@code scenario}, with the run's parameters; their HTTP clients use the loops of {@code engine}. */
    public ResourceFactories(LoadedScenario scenario, ParamValues params, Engine engine) {
        throw new UnsupportedOperationException();
    }

    /** The pools that have a factory, in the order of the factories. */
    public Set<String> pools() {
        throw new UnsupportedOperationException();
    }

    /**
     * Runs the factory of {@code pool} for item {@code id} and waits for it; safe to call from several threads at once.
     *
     * @param timeout how long it may take; then it is interrupted
     * @return the item as JSON
     * @throws ScenarioException if there is no such pool, the factory fails or takes too long, or JSON cannot carry the item
     */
    public String create(String pool, String id, Duration timeout) throws InterruptedException {
        throw new UnsupportedOperationException(pool + id + timeout);
    }
}
