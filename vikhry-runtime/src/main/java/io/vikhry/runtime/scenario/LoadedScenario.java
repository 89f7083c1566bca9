package io.vikhry.runtime.scenario;

import io.vikhry.api.VU;

/**
 * A scenario whose classes are loaded, apart from those of vikhry and of other scenarios: they see the JDK, the scenario API,
 * JSpecify and SLF4J. Safe for use by several threads.
 */
public final class LoadedScenario implements AutoCloseable {
    private LoadedScenario() {}

    /**
     * Loads the classes and checks all that they declare.
     *
     * @throws ScenarioException if a declaration is wrong
     */
    public static LoadedScenario load(ScenarioBundle bundle) {
        throw new UnsupportedOperationException(bundle.digest());
    }

    /** What it was loaded from. */
    public ScenarioBundle bundle() {
        throw new UnsupportedOperationException();
    }

    /** What it declares, as data. */
    public ScenarioDescription describe() {
        throw new UnsupportedOperationException();
    }

    /** Its parameters, to check values against. */
    public Params params() {
        throw new UnsupportedOperationException();
    }

    /** A new user with its parameters set, not yet attached to a context. Whatever the constructor throws goes through. */
    public VU newUser(ParamValues values) {
        throw new UnsupportedOperationException(values.toString());
    }

    /** Lets go of the classes; users that still run keep theirs. */
    @Override
    public void close() {}
}
