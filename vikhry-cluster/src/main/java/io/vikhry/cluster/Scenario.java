package io.vikhry.cluster;

import java.util.Optional;

/** The scenario announced to the cluster: workers load it as soon as they see it. */
public interface Scenario {
    /** The announced scenario. */
    Optional<ScenarioRef> current();

    /** Announces a scenario whose bundle is stored already. Tell the workers with {@link Commands#lookAgain}. */
    void announce(ScenarioRef scenario);
}
