package io.vikhry.cluster;

import java.util.Optional;

/** What runs and who runs it. */
public interface Plans {
    /** The plan of a run, if Redis has it still. */
    Optional<RunPlan> plan(String runId);

    /** The newest assignment of a run. */
    Optional<Assignment> assignment(String runId);

    /** Replaces the assignment of the current run by one with a higher version. Tell the workers with {@link Commands#lookAgain}. */
    Transition assign(LeaderLease leader, Assignment assignment);
}
