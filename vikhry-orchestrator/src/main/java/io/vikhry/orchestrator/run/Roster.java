package io.vikhry.orchestrator.run;

import io.vikhry.cluster.PoolCounts;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerView;
import java.util.List;

/** The workers and pools of the cluster as they were when Redis was asked last. */
public record Roster(List<WorkerView> workers, List<PoolCounts> pools) {
    static final Roster EMPTY = new Roster(List.of(), List.of());

    public Roster {
        workers = List.copyOf(workers);
        pools = List.copyOf(pools);
    }

    /** Whether it has a worker of that name, in the cluster or gone from it a moment ago. */
    boolean lists(String workerId) {
        return workers.stream().anyMatch(w -> w.status().workerId().equals(workerId));
    }

    /** Workers that are in the cluster and mean to stay. */
    List<WorkerView> live() {
        return workers.stream()
                .filter(w -> w.alive() && w.status().phase() != WorkerStatus.Phase.LEAVING)
                .toList();
    }

    /** Workers in the cluster that have loaded a scenario and may run users. */
    List<Shares.Holder> able(String bundleDigest) {
        return live().stream()
                .map(WorkerView::status)
                .filter(s -> bundleDigest.equals(s.bundleDigest()))
                .filter(s -> s.error() == null)
                .map(s -> new Shares.Holder(s.workerId(), s.fence(), cores(s)))
                .toList();
    }

    /** What a worker can do: the cores it may use, where its cgroup leaves it less than it sees. */
    private static double cores(WorkerStatus status) {
        double limit = status.health().cpuLimit();
        return limit > 0 ? Math.min(status.capacity(), limit) : status.capacity();
    }
}
