package io.vikhry.orchestrator.run;

import io.vikhry.cluster.PoolCounts;
import io.vikhry.cluster.PoolItem;
import io.vikhry.cluster.Pools;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How far a run in PREPARING is: every worker has loaded the scenario, and every pool has the items that the plan asks for.
 *
 * @param progress in figures
 * @param failure why it will never be ready
 * @param lacking what it waits for, for people
 */
record Preparation(Run.Prepare progress, Optional<String> failure, String lacking) {
    static Preparation of(RunPlan plan, Roster roster, Pools pools) {
        List<String> lacking = new ArrayList<>();
        Optional<String> failure = Optional.empty();
        int ready = 0;
        for (WorkerView worker : roster.live()) {
            WorkerStatus status = worker.status();
            if (status.error() != null) {
                failure = Optional.of(status.workerId() + ": " + status.error());
            } else if (loaded(status.phase()) && plan.bundleDigest().equals(status.bundleDigest())) {
                ready++;
            } else {
                lacking.add(status.workerId() + " is " + status.phase());
            }
        }
        if (roster.live().isEmpty()) {
            lacking.add("no worker is left");
        }
        Map<String, PoolCounts> counts =
                roster.pools().stream().collect(Collectors.toMap(PoolCounts::pool, pool -> pool));
        long wanted = 0;
        long made = 0;
        long failed = 0;
        for (Map.Entry<String, Integer> need : plan.resources().entrySet()) {
            PoolCounts pool = counts.get(need.getKey());
            long created = pool == null ? 0 : pool.created() - pool.quarantined();
            wanted += need.getValue();
            made += Math.min(need.getValue(), created);
            if (created < need.getValue()) {
                lacking.add("pool " + need.getKey() + " has " + created + " of " + need.getValue() + " items");
                if (pool != null && pool.failed() > 0) {
                    failed += pool.failed();
                    if (created + pool.pending() < need.getValue()) {
                        failure = Optional.of("pool " + need.getKey() + " has " + created + " of " + need.getValue()
                                + " items, and " + pool.failed() + " could not be made: "
                                + whyOneFailed(pools, need.getKey()));
                    }
                }
            }
        }
        return new Preparation(
                new Run.Prepare(ready, roster.live().size(), made, wanted, failed),
                failure,
                String.join("; ", lacking));
    }

    /** A worker that makes items has the scenario as well. */
    private static boolean loaded(WorkerStatus.Phase phase) {
        return phase == WorkerStatus.Phase.READY || phase == WorkerStatus.Phase.PREPARING;
    }

    boolean complete() {
        return lacking.isEmpty() && failure.isEmpty();
    }

    private static String whyOneFailed(Pools pools, String pool) {
        return pools.items(pool, 0, 1, PoolItem.State.FAILED).items().stream()
                .map(item -> "item " + item.id() + ": " + item.reason())
                .findFirst()
                .orElse("no reason is known");
    }
}
