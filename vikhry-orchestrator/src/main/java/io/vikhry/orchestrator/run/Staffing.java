package io.vikhry.orchestrator.run;

import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the users of a run with workers that can run them: what a worker that is gone had goes to others, and a worker that came
 * late is given its part, as soon as those who had it have let go. For the conductor's thread.
 */
final class Staffing {
    private static final Logger LOG = LoggerFactory.getLogger(Staffing.class);
    private static final long DESERTED_MILLIS = 60_000;

    private final Cluster cluster;
    private final Reins reins;
    private final Presence presence;
    private final Hearing hearing = new Hearing();
    private long aloneSince;

    Staffing(Cluster cluster, Reins reins, Presence presence) {
        this.cluster = cluster;
        this.reins = reins;
        this.presence = presence;
    }

    /** Workers that users of the run can be given to. */
    List<Shares.Holder> able(Run run, Roster roster) {
        return roster.able(run.head.plan().bundleDigest());
    }

    /** Whether a worker, or all of them where no one is named, follows that version of the assignment or has no lease any more. */
    boolean follows(Run run, Roster roster, String workerId, long version) {
        return roster.workers().stream()
                        .map(WorkerView::status)
                        .filter(s -> workerId.isEmpty() || s.workerId().equals(workerId))
                        .allMatch(s -> presence.gone(s.workerId())
                                || !run.id().equals(s.runId())
                                || s.appliedVersion() >= version)
                && (workerId.isEmpty() || presence.gone(workerId) || roster.lists(workerId));
    }

    /** Sees who is gone, who has let go of users and who has come; whether there is something to assign. */
    boolean adjust(Run run, Roster roster) {
        long now = cluster.clock().nowMillis();
        List<Shares.Holder> able = able(run, roster);
        // Whatever is free is dealt out once, below: not anew for each of many workers that go at the same time.
        List<Shares.Holder> nobodyYet = List.of();
        boolean lost = false;
        for (Map.Entry<String, Long> holder : run.shares.fences().entrySet()) {
            if (presence.gone(holder.getKey(), holder.getValue())) {
                lost |= lose(run, holder.getKey(), holder.getValue(), now, nobodyYet);
            }
        }
        if (lost) {
            cluster.pools().reclaim(reins.lease());
        }
        hearing.look(workersOf(run, roster), now).forEach(run.mishaps::interrupted);
        boolean changed = lost;
        for (WorkerView worker : workersOf(run, roster)) {
            WorkerStatus status = worker.status();
            changed |= run.shares.settle(status.workerId(), status.fence(), status.appliedVersion(), nobodyYet);
        }
        boolean owed = run.shares.orphans() > 0;
        if ((owed || run.shares.prober().isEmpty()) && !able.isEmpty()) {
            run.shares.grow(run.shares.size(), able);
            changed |= owed || run.shares.prober().isPresent();
        }
        if (!changed && run.shares.rebalance(able, run.deal.version + 1)) {
            LOG.info(
                    "Users of run {} move to others: from {}",
                    run.id(),
                    run.shares.transit().stream()
                            .map(each -> each.workerId() + " "
                                    + each.ranges().stream()
                                            .mapToInt(range -> range.size())
                                            .sum())
                            .collect(Collectors.joining(", ")));
            changed = true;
        }
        watch(run.shares.fences().keySet(), now);
        return changed;
    }

    private static List<WorkerView> workersOf(Run run, Roster roster) {
        return roster.workers().stream()
                .filter(worker ->
                        worker.alive() && run.id().equals(worker.status().runId()))
                .toList();
    }

    private boolean lose(Run run, String workerId, long fence, long now, List<Shares.Holder> able) {
        Hearsay.Last last = presence.last(workerId, fence).orElse(Hearsay.Last.unknown(now));
        if (presence.left(workerId, fence) || run.departures.toldAll(workerId, fence, last)) {
            LOG.info("Worker {} has left; others take over", workerId);
            run.departures.part(workerId, fence, last);
            run.mishaps.interrupted(
                    Interruption.once(now, now, workerId + " left, and its users began anew elsewhere"));
        } else {
            LOG.warn("Worker {} is gone; others take over", workerId);
            run.departures.lose(workerId, fence, last, now);
        }
        run.arrivals.lose(workerId, now + Direction.HEAD_START_MILLIS);
        return run.shares.lose(workerId, fence, able);
    }

    private void watch(Set<String> holders, long now) {
        if (!holders.isEmpty()) {
            aloneSince = 0;
        } else if (aloneSince == 0) {
            aloneSince = now;
        }
    }

    /** Why the run cannot go on, if there has been nobody to run its users for too long. */
    Optional<String> deserted() {
        return aloneSince > 0 && cluster.clock().nowMillis() - aloneSince > DESERTED_MILLIS
                ? Optional.of("all workers have been gone for 60 s")
                : Optional.empty();
    }
}
