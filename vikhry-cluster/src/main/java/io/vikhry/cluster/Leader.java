package io.vikhry.cluster;

import java.util.Optional;

/** The lease of the cluster's one leader. */
public interface Leader {
    /** How long a lease lasts without a renewal, in ms. */
    long TTL_MILLIS = 5_000;

    /** Takes the lease if nobody holds it; {@code name} tells people who leads: {@code host:pid}. */
    Optional<LeaderLease> acquire(String name);

    /** Who leads now. */
    Optional<Holder> current();

    /**
     * Who leads.
     *
     * @param name as given to {@link #acquire}
     * @param token its fencing token
     * @param remainingMillis how long its lease lasts
     */
    record Holder(String name, long token, long remainingMillis) {}
}
