package io.vikhry.orchestrator.run;

import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterState;
import io.vikhry.cluster.ClusterState.State;
import io.vikhry.cluster.Halt;
import io.vikhry.cluster.LeaderLease;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time in which this orchestrator leads, and the run that it leads: takes the cluster over as it is found, puts it right when
 * Redis has lost it, and lets go of it. The conductor's thread calls; what is said to be for any thread is volatile.
 */
final class Tenure {
    private static final Logger LOG = LoggerFactory.getLogger(Tenure.class);

    /** For a run whose end was decided by somebody who did not say how. */
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final Cluster cluster;
    private final CurrentScenario scenario;
    private final Reins reins;
    private final Presence presence;
    private final Succession succession;
    private final Resupply resupply;
    private final PastRun past;
    private volatile @Nullable Run run;
    private volatile @Nullable String lastError;
    private volatile @Nullable String failing;
    private Roster roster = Roster.EMPTY;
    /** Whether the cluster was taken over; what stood in the way of it is tried again with each look. */
    private boolean taken;

    private @Nullable Halt halt;
    private @Nullable Collector collector;

    Tenure(
            Cluster cluster,
            CurrentScenario scenario,
            Reins reins,
            Presence presence,
            Succession succession,
            Executor readers) {
        this.cluster = cluster;
        this.scenario = scenario;
        this.reins = reins;
        this.presence = presence;
        this.succession = succession;
        this.past = new PastRun(succession, readers);
        this.resupply = new Resupply(cluster, reins);
    }

    /** The run under way, or the last one; for any thread. */
    @Nullable Run run() {
        return run;
    }

    /** What was asked for with that run, also while the last one is still being read; for any thread. */
    Optional<RunHead> head() {
        Run known = run;
        return known == null ? past.head() : Optional.of(known.head);
    }

    /** Why the last start failed; for any thread. */
    @Nullable String lastError() {
        return lastError;
    }

    void failed(String why) {
        lastError = why;
    }

    /** Why the run under way is to fail, if something has gone wrong beside it. */
    @Nullable String failing() {
        return failing;
    }

    /** Lets the run under way fail at the next look; for any thread. */
    void failSoon(String why) {
        failing = why;
    }

    /** Workers and pools as they were seen last. */
    Roster roster() {
        return roster;
    }

    /** The newest order to halt, whatever run it is for. */
    @Nullable Halt halt() {
        return halt;
    }

    /** Whether this orchestrator leads the cluster as its last leader left it, and not only has the lease to. */
    boolean taken() {
        return taken;
    }

    /** Leads a new run. */
    void begin(Run begun) {
        lastError = null;
        failing = null;
        run = begun;
        past.forget();
    }

    /** Who reads the batches of the run under way, if somebody does. */
    @Nullable Collector reader() {
        return collector;
    }

    /** Begins to read the run's batches. */
    void read(Run current) {
        collector = Collector.start(cluster, reins::lease, current);
    }

    /** Who reads the run's batches, for its end; this lets go of it. */
    @Nullable Collector endReading() {
        Collector reading = collector;
        collector = null;
        return reading;
    }

    /** Sees workers and pools as they are now, and whether the cluster is still as it was left here. */
    void look(Roster now) {
        roster = now;
        past.take().ifPresent(ended -> run = ended);
        Run under = run;
        if (under != null && under.endedAtOrNull() == null) {
            under.supplies.see(now.pools());
        }
        presence.see(now);
        reins.see(now);
        scenario.look();
        if (reins.held()) {
            scenario.announceOffered(reins.lease());
        }
        halt = cluster.halts().newest().orElse(null);
        ClusterState seen = cluster.lifecycle().state();
        if (!reins.held()) {
            reins.believe(seen);
        } else if (!reins.unsure()) {
            compare(seen);
            resupply.look(run);
        }
    }

    private void compare(ClusterState seen) {
        ClusterState left = reins.state();
        Run current = run;
        boolean older = seen.epoch() < left.epoch()
                || (seen.epoch() == left.epoch()
                        && (seen.version() < left.version()
                                || seen.state().compareTo(left.state()) < 0 && seen.state() != State.IDLE));
        boolean same = seen.epoch() == left.epoch() && seen.state() == left.state();
        boolean known =
                seen.state() == State.IDLE || (current != null && current.id().equals(seen.runId()));
        if (older && current != null && left.state() != State.IDLE) {
            restore(current, left, "Redis has lost the state of run {}; it is written again");
        } else if (!taken || !same || !known) {
            takeOver();
            if (cluster.scenario().current().isEmpty()) {
                scenario.announceAgain(reins.lease());
            }
        } else if (seen.state() == State.IDLE) {
            revive(seen);
        }
    }

    /** A worker still works for a run that Redis has forgotten while nobody led it. */
    private void revive(ClusterState seen) {
        roster.live().stream()
                .map(worker -> worker.status().runId())
                .filter(id -> id != null && !id.equals(seen.runId()))
                .findFirst()
                .flatMap(id -> succession.revive(id, reins.lease()))
                .filter(found -> found.head.plan().epoch() > seen.epoch())
                .ifPresent(found -> {
                    run = found;
                    past.forget();
                    presence.begin();
                    restore(
                            found,
                            Succession.stateOf(found, cluster.clock().nowMillis()),
                            "Redis has lost run {}, which workers still work for; it is written again");
                    read(found);
                });
    }

    private void restore(Run current, ClusterState last, String message) {
        LOG.warn(message, current.id());
        scenario.announceAgain(reins.lease());
        resupply.want(current);
        reins.restore(current, last);
        reins.lookAgain("restored " + current.id());
    }

    /**
     * Leads from now on.
     *
     * @param alone whether nobody else has led since this one did, so that what is known here is still the newest
     */
    void lead(LeaderLease fresh, boolean alone) {
        boolean again = reins.held() && alone;
        reins.take(fresh);
        if (!again) {
            presence.begin();
            takeOver();
        }
    }

    /** Another Redis was put in the place of the one that led. */
    void failedOver(long fromMillis, String server) {
        presence.otherClock();
        interrupted(fromMillis, "Redis failed over to " + server);
    }

    /** Something has kept the run under way from being led until now. */
    void interrupted(long fromMillis, String what) {
        Run current = run;
        if (current != null && reins.state().state() != State.IDLE) {
            current.mishaps.interrupted(
                    Interruption.once(fromMillis, cluster.clock().nowMillis(), what));
        }
    }

    /** Stops leading: what is under way is another's. */
    void abandon() {
        close();
        reins.drop();
        run = null;
        taken = false;
    }

    /** Stops reading; a run under way is left as it is. */
    void close() {
        past.forget();
        Collector reading = endReading();
        Run current = run;
        if (reading != null && current != null) {
            reading.leave();
            current.folder.close();
        }
    }

    /** Takes the cluster as its last leader left it, and goes on from there. */
    private void takeOver() {
        taken = false;
        close();
        run = null;
        inherit();
        taken = true;
    }

    private void inherit() {
        ClusterState found = reins.read();
        String runId = found.runId();
        if (runId == null) {
            return;
        }
        if (found.state() == State.STOPPING && succession.ended(runId)) {
            // The last leader had written the report, and not yet said that the run has ended.
            reins.move(Lifecycle.Event.ENDED);
        }
        if (reins.state().state() == State.IDLE) {
            run = past.read(runId).orElse(null);
            return;
        }
        Run inherited = succession.inherit(runId, reins.lease()).orElse(null);
        if (inherited == null) {
            giveUp(runId);
            return;
        }
        lastError = inherited.error;
        failing = null;
        run = inherited;
        if (found.state() == State.RUNNING) {
            resupply.want(inherited);
        }
        LOG.info("Run {} is {} and goes on under this orchestrator", runId, found.state());
        if (found.state() != State.PREPARING) {
            read(inherited);
        }
        if (found.state() == State.STOPPING) {
            if (inherited.stop == null) {
                inherited.stop = new Course.Stop(StopReason.REQUESTED, DRAIN.toMillis(), found.sinceMillis());
            }
            reins.tellOfStop(inherited);
        }
    }

    /** Neither Redis nor the disk knows what was asked for: better no run than one that nobody can end. */
    private void giveUp(String runId) {
        LOG.error("Run {} is given up: neither Redis nor the disk knows its plan", runId);
        if (reins.state().state() != State.STOPPING) {
            reins.move(Lifecycle.Event.FAILED);
        }
        reins.move(Lifecycle.Event.ENDED);
        lastError = "run " + runId + " was given up: neither Redis nor the disk knows its plan";
    }
}
