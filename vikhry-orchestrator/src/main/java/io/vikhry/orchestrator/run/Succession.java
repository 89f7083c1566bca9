package io.vikhry.orchestrator.run;

import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterState;
import io.vikhry.cluster.ClusterState.State;
import io.vikhry.cluster.IllegibleException;
import io.vikhry.cluster.LeaderLease;
import io.vikhry.cluster.Metrics;
import io.vikhry.cluster.RunPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a run comes from one leader to the next: what was noted of it in Redis or on disk, and the batches that were kept, are
 * made into the run that the last leader had.
 */
final class Succession {
    private static final Logger LOG = LoggerFactory.getLogger(Succession.class);

    /** Batches that are read at once of a run that nobody reads any more. */
    private static final int SALVAGED_AT_ONCE = 50;

    private final Cluster cluster;
    private final RunStore store;

    Succession(Cluster cluster, RunStore store) {
        this.cluster = cluster;
        this.store = store;
    }

    /** A run that has ended, if it was kept here; {@code heartbeat} is run again and again while it is read. For any thread. */
    Optional<Run> past(String runId, Runnable heartbeat) {
        return legible(runId, () -> store.past(runId).map(folder -> Recollection.past(folder, heartbeat)));
    }

    /** What was asked for with a run, if it was kept here. */
    Optional<RunHead> head(String runId) {
        return legible(runId, () -> store.head(runId));
    }

    /** Whether a run's report was written, so that only the cluster has not been told yet that it has ended. */
    boolean ended(String runId) {
        return legible(runId, () -> store.report(runId)).isPresent();
    }

    /** The run that is under way, for the leader with that lease; empty if nobody knows any more what was asked for. */
    Optional<Run> inherit(String runId, LeaderLease lease) {
        Assignment dealt =
                legible(runId, () -> cluster.plans().assignment(runId)).orElse(null);
        return newest(runId).or(() -> lost(runId, dealt)).map(course -> takeOver(course, dealt, lease));
    }

    /** A run that Redis knows nothing of any more, if its last leader's course is here. */
    Optional<Run> revive(String runId, LeaderLease lease) {
        return legible(runId, () -> store.unfinished(runId)).map(course -> takeOver(course, null, lease));
    }

    /** Runs that have no end here, and that were begun after the epoch of which Redis knows. */
    List<String> unfinished(long epoch) {
        return store.unfinished().stream()
                .map(Course::head)
                .map(RunHead::plan)
                .filter(plan -> plan.epoch() > epoch)
                .map(RunPlan::runId)
                .toList();
    }

    /**
     * Whether workers have sent something of a run that Redis has lost and that they have given up. If not, it may be of another
     * cluster that keeps its runs in the same place.
     */
    boolean sent(String runId) {
        return !cluster.metrics().read(runId, Metrics.START, 1, Duration.ZERO).isEmpty();
    }

    /**
     * What was kept of such a run, for the leader with that token; {@code heartbeat} is run again and again while it is read. For any
     * thread.
     */
    Optional<Recollection> kept(String runId, long token, Runnable heartbeat) {
        return legible(runId, () -> store.unfinished(runId))
                .map(course -> Recollection.of(
                        course,
                        store.goOn(course.head(), token),
                        null,
                        cluster.clock().nowMillis(),
                        heartbeat));
    }

    /** Ends such a run for the leader with that lease: with what was kept of it, and what its workers sent after. */
    Run forsaken(Recollection kept, LeaderLease lease) {
        Run run = kept.run();
        try {
            return forsaken(run, kept.keptUntil(), new Heartbeat(lease));
        } catch (RuntimeException e) {
            run.folder.close();
            throw e;
        }
    }

    private Run forsaken(Run run, long keptUntil, Heartbeat heartbeat) {
        salvage(run, heartbeat);
        long begun = run.startedAt();
        long kept = Math.max(keptUntil, begun);
        long until = run.numbers.requestsByWorker().keySet().stream()
                .mapToLong(run.numbers::reportedUntil)
                .reduce(begun, Math::max);
        if (kept < until) {
            run.mishaps.interrupted(Interruption.once(kept, until, "no orchestrator led the run"));
        }
        run.error = "Redis lost it while nobody led it, and they gave it up";
        run.stop = new Course.Stop(StopReason.ORPHANED, 0, until);
        // Nothing is written by one who does not lead any more.
        heartbeat.beat();
        return run;
    }

    /** Takes over what workers have sent of a run that nobody reads. */
    private void salvage(Run run, Runnable heartbeat) {
        String after = Metrics.START;
        List<Metrics.Entry> entries = cluster.metrics().read(run.id(), after, SALVAGED_AT_ONCE, Duration.ZERO);
        while (!entries.isEmpty()) {
            heartbeat.run();
            List<Metrics.Entry> legible = entries.stream()
                    .filter(entry ->
                            entry.batch() != null && entry.batch().runId().equals(run.id()))
                    .toList();
            run.folder.append(legible.stream().map(Metrics.Entry::bytes).toList());
            run.take(
                    legible.stream().map(Metrics.Entry::batch).toList(),
                    cluster.clock().nowMillis());
            after = entries.getLast().id();
            entries = cluster.metrics().read(run.id(), after, SALVAGED_AT_ONCE, Duration.ZERO);
        }
    }

    /** What the cluster does, by the course of a run that it has lost. */
    static ClusterState stateOf(Run run, long nowMillis) {
        State state = run.stop != null ? State.STOPPING : run.deal.version == 0 ? State.PREPARING : State.RUNNING;
        return new ClusterState(state, run.head.plan().epoch(), run.id(), run.deal.version, nowMillis);
    }

    private Run takeOver(Course course, @Nullable Assignment dealt, LeaderLease lease) {
        RunFolder folder = store.goOn(course.head(), lease.token());
        Recollection recollection =
                Recollection.of(course, folder, dealt, cluster.clock().nowMillis(), new Heartbeat(lease));
        Run run = recollection.run();
        long now = cluster.clock().nowMillis();
        boolean prepared = run.deal.version > 0;
        // It may have ended before it kept the first batch.
        long known = prepared
                ? Math.max(recollection.keptUntil(), run.load.t0Millis)
                : course.head().createdAt();
        if (known > 0 && known < now) {
            run.mishaps.interrupted(Interruption.once(
                    known, now, "no orchestrator led the run" + (prepared ? "" : " for a part of its preparation")));
        }
        return run;
    }

    /** Keeps the lease while a long log is read. */
    private static final class Heartbeat implements Runnable {
        private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

        private final LeaderLease lease;
        private long lastNanos = System.nanoTime();

        Heartbeat(LeaderLease lease) {
            this.lease = lease;
        }

        @Override
        public void run() {
            if (System.nanoTime() - lastNanos >= NANOS) {
                beat();
            }
        }

        void beat() {
            if (!lease.renew()) {
                throw new Refusal(Refusal.Code.NOT_LEADER, "Another orchestrator leads the cluster now; try again.");
            }
            lastNanos = System.nanoTime();
        }
    }

    private Optional<Course> newest(String runId) {
        Optional<byte[]> json = cluster.plans().course(runId);
        Optional<Course> noted = legible(runId, () -> json.map(Succession::read));
        Optional<Course> kept = legible(runId, () -> store.unfinished(runId));
        return noted.isPresent()
                        && kept.isPresent()
                        && kept.get().revision() > noted.get().revision()
                ? kept
                : noted.or(() -> kept);
    }

    /** What cannot be read is as good as lost, whoever has spoilt it: else the run could be neither led nor ended. */
    private static <T> Optional<T> legible(String runId, Supplier<Optional<T>> noted) {
        try {
            return noted.get();
        } catch (UncheckedIOException | IllegalArgumentException | IllegibleException e) {
            LOG.error("What was noted of run {} cannot be read: {}", runId, e.getMessage());
            return Optional.empty();
        }
    }

    private static Course read(byte[] json) {
        try {
            return Json.MAPPER.readValue(json, Course.class);
        } catch (IOException e) {
            throw new UncheckedIOException("the course of the run in Redis cannot be read: " + e, e);
        }
    }

    /** Nobody knows any more how far the run was: it ends. Empty if not even its plan is known. */
    private Optional<Course> lost(String runId, @Nullable Assignment dealt) {
        Optional<RunHead> kept = head(runId);
        return kept.map(RunHead::plan)
                .or(() -> legible(runId, () -> cluster.plans().plan(runId)))
                .map(plan -> lost(plan, kept.orElse(null), dealt));
    }

    private Course lost(RunPlan plan, @Nullable RunHead kept, @Nullable Assignment dealt) {
        long now = cluster.clock().nowMillis();
        double target = dealt == null || dealt.stages().isEmpty()
                ? 0
                : dealt.stages().getFirst().target();
        RunPlan.Open open = plan.open();
        RunHead head = kept != null
                ? kept
                : new RunHead(
                        plan,
                        plan.scenario(),
                        "",
                        open == null ? (int) target : open.users(),
                        open == null ? 0 : target,
                        0,
                        null,
                        now,
                        List.of());
        String why = "an orchestrator found the run without what its leader had noted";
        LOG.warn("Run {} is ended: {}", plan.runId(), why);
        return new Course(
                0,
                head,
                dealt,
                dealt == null ? List.of() : dealt.stages(),
                List.of(),
                new Course.Stop(StopReason.FAILED, 10_000, now),
                why,
                List.of(),
                Course.Folded.NONE,
                List.of(),
                List.of(),
                0);
    }
}
