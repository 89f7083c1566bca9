package io.vikhry.orchestrator.run;

import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.Safety;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the workers of a run are told: who has which users, arrivals and part of its limit, and by which version of the
 * assignment. The conductor's thread changes it; any thread may read.
 */
final class Deal {
    private final RunHead head;
    private final Load load;
    private final Shares shares;
    /** Who may send how much of the run's limit, or {@code null} if it has none. */
    private final @Nullable RateCap cap;

    /** The newest assignment, and the newest that the cluster has. */
    volatile long version;

    long published;
    /** Cluster time from which the present deal of arrivals holds; 0 for the first. */
    volatile long sinceMillis;

    Deal(RunHead head, Load load, Shares shares) {
        this.head = head;
        this.load = load;
        this.shares = shares;
        Safety safety = head.plan().safety();
        Integer limit = safety.maxRps();
        this.cap = limit == null ? null : new RateCap(limit);
        if (cap != null) {
            cap.take(safety.firstRps());
        }
    }

    /**
     * Takes over what another orchestrator has dealt out.
     *
     * @param published the version of the newest assignment that the cluster has, or 0
     * @param underWay users that a worker was told to end by {@code newest}
     */
    void take(Assignment newest, long published, List<Shares.Transit> underWay) {
        this.version = newest.version();
        this.published = published;
        this.sinceMillis = newest.dealtMillis();
        shares.take(newest.shares(), underWay);
        if (cap != null) {
            cap.takeShares(newest.shares(), newest.version());
        }
    }

    /** Moves the run's limit of requests per second after its users; whether there is something to assign. */
    boolean settleCap(RateCap.Witness witness, long nowMillis) {
        if (cap == null) {
            return false;
        }
        Map<String, Integer> users = new HashMap<>();
        shares.fences().keySet().forEach(id -> users.put(id, shares.usersOf(id, shares.size())));
        return cap.settle(users, witness, version, nowMillis);
    }

    /** Who runs what from now on; nobody, where the end of the run was decided. */
    Assignment assignment(Course.@Nullable Stop stop) {
        return new Assignment(
                head.plan().runId(),
                head.plan().epoch(),
                version,
                stop == null ? Assignment.Phase.RUN : Assignment.Phase.DRAIN,
                load.t0Millis,
                load.stagesToAssign(),
                Math.max(load.t0Millis, sinceMillis),
                capped(shares.toAssign(head.plan().model())),
                stop == null ? 0 : stop.drainMillis());
    }

    private Map<String, Assignment.Share> capped(Map<String, Assignment.Share> all) {
        RateCap dealt = cap;
        if (dealt != null) {
            all.replaceAll((id, share) -> share.withMaxRps(dealt.of(id)));
        }
        return all;
    }
}
