package io.vikhry.orchestrator.run;

import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.ClusterState;
import io.vikhry.cluster.ClusterState.State;
import io.vikhry.cluster.LeaderLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs that Redis lost while nobody led them, and that their workers gave up before somebody did: they have no end on disk, and
 * get one from what was kept there and what the workers sent after. For the conductor's thread.
 */
final class Forsaken {
    private static final Logger LOG = LoggerFactory.getLogger(Forsaken.class);
    /** Workers that still have a run wait 20 s for who leads to write it again. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(25);

    private final Succession succession;
    private final Ending ending;
    private final Executor readers;
    private final LongSupplier nanoTime;
    private long token;
    private long ledNanos;
    /** Those that may have been given up, as they were found when this orchestrator began to lead. */
    private final List<String> found = new ArrayList<>();

    private @Nullable Begun begun;

    /** That what was kept of a run is being read. */
    private record Begun(String runId, Reading<Optional<Recollection>> reading) {}

    Forsaken(Succession succession, Ending ending, Executor readers, LongSupplier nanoTime) {
        this.succession = succession;
        this.ending = ending;
        this.readers = readers;
        this.nanoTime = nanoTime;
    }

    /**
     * Ends one of them, once it is sure that no worker has it any more, and while nothing else is to be done: first has it read, and
     * when that is done, which a later look sees, ends it.
     *
     * @param state what the cluster does under {@code lease}
     * @param current the run under way or the last one
     */
    void look(ClusterState state, Roster roster, @Nullable Run current, LeaderLease lease) {
        long now = nanoTime.getAsLong();
        if (lease.token() != token) {
            token = lease.token();
            ledNanos = now;
            found.clear();
            found.addAll(succession.unfinished(state.epoch()));
            drop();
        }
        if (current != null && found.remove(current.id())) {
            drop();
        }
        if (found.isEmpty() || state.state() != State.IDLE || now - ledNanos < PATIENCE_NANOS) {
            return;
        }
        for (String runId : List.copyOf(found)) {
            // Also not one that leaves: it has batches to send.
            if (roster.workers().stream()
                    .noneMatch(w -> w.alive() && runId.equals(w.status().runId()))) {
                if (reads(runId) || succession.sent(runId)) {
                    proceed(runId, lease);
                    return;
                }
                found.remove(runId);
            }
        }
    }

    private boolean reads(String runId) {
        return begun != null && begun.runId.equals(runId);
    }

    private void drop() {
        if (begun != null) {
            begun.reading.drop();
            begun = null;
        }
    }

    private void proceed(String runId, LeaderLease lease) {
        Begun one = begun;
        if (one == null || !one.runId.equals(runId)) {
            drop();
            one = new Begun(
                    runId, Reading.begin(readers, heartbeat -> succession.kept(runId, lease.token(), heartbeat)));
            begun = one;
        }
        if (!one.reading.done(Duration.ZERO)) {
            return;
        }
        begun = null;
        found.remove(runId);
        try {
            one.reading.result().map(kept -> succession.forsaken(kept, lease)).ifPresent(this::end);
        } catch (ClusterException e) {
            // Nobody else would try again before another leads.
            found.add(runId);
            throw e;
        }
    }

    private void end(Run run) {
        LOG.warn("Run {} was given up by its workers: Redis lost it while nobody led it", run.id());
        ending.finish(run, null).ifPresent(why -> {
            // The next to lead tries again.
            LOG.error("Run {} stays without an end: {}", run.id(), why);
            run.folder.close();
        });
    }
}
