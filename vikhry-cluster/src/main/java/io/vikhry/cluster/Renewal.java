package io.vikhry.cluster;

import org.jspecify.annotations.Nullable;

/**
 * What a worker learns when it renews its lease.
 *
 * @param held whether it holds the lease; if not, it must join again
 * @param state the cluster's state
 * @param cursor the number of the newest batch of the asked sequence that the orchestrator has taken over, with all before it
 * @param ahead the number of a batch of it that has come although one before it has not, as it was when that was seen first; 0 if
 *     nothing is missed
 * @param scenarioDigest the announced scenario, or {@code null}
 * @param led whether an orchestrator leads the cluster
 * @param halt the newest order to end a run, or {@code null}
 */
public record Renewal(
        boolean held,
        ClusterState state,
        long cursor,
        long ahead,
        @Nullable String scenarioDigest,
        boolean led,
        @Nullable Halt halt) {}
