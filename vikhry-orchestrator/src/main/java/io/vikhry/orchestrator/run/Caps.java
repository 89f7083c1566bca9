package io.vikhry.orchestrator.run;

import io.vikhry.cluster.Safety;
import java.util.HashMap;
import java.util.Map;

/** Holds what is asked for against what a run may not do. */
final class Caps {
    private Caps() {}

    /** Refuses more users than the run may have. */
    static void requireWithin(Safety safety, int users) {
        Integer most = safety.maxUsers();
        if (most != null && users > most) {
            throw new Refusal(
                    Refusal.Code.INVALID_VALUE,
                    users + " users are more than the run may have: safety.max_users is " + most + ".",
                    Map.of("field", "users", "max_users", most));
        }
    }

    /** {@code safety} with its limit of requests dealt out to the workers that are there, for the time before the load. */
    static Safety dealt(Safety safety, Roster roster) {
        Integer limit = safety.maxRps();
        if (limit == null) {
            return safety;
        }
        Map<String, Integer> workers = new HashMap<>();
        roster.live().forEach(w -> workers.put(w.status().workerId(), 1));
        if (workers.size() > limit) {
            throw new Refusal(
                    Refusal.Code.INVALID_VALUE,
                    "safety.max_rps " + limit + " cannot be dealt out to " + workers.size()
                            + " workers, each needs 1 or more; raise it, or use fewer workers.",
                    Map.of("field", "safety.max_rps", "workers", workers.size()));
        }
        return safety.dealt(RateCap.deal(limit, workers));
    }
}
