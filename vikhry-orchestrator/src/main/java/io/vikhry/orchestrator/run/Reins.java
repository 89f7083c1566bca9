package io.vikhry.orchestrator.run;

import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterState;
import io.vikhry.cluster.ClusterState.State;
import io.vikhry.cluster.LeaderLease;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.Transition;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What only a leader may do to the cluster: each change carries the token of its lease, and Redis refuses one that is not the
 * newest. Remembers the state that the last change has left.
 *
 * <p>The conductor's thread makes the changes; {@link #state} and {@link #lease} are for any thread.
 */
final class Reins {
    private final Cluster cluster;
    private volatile ClusterState state = ClusterState.NEW;
    private volatile @Nullable LeaderLease lease;
    /** Whether a move was sent whose outcome is unknown; it is sent again. */
    private boolean unsure;

    private Roster workers = Roster.EMPTY;

    Reins(Cluster cluster) {
        this.cluster = cluster;
    }

    /** What the cluster does, as far as is known here. */
    ClusterState state() {
        return state;
    }

    /** Reads what the cluster does, and believes it. */
    ClusterState read() {
        unsure = false;
        state = cluster.lifecycle().state();
        return state;
    }

    /** Believes what was read elsewhere. */
    void believe(ClusterState seen) {
        state = seen;
    }

    /** Those who are told of changes. */
    void see(Roster now) {
        workers = now;
    }

    /** Whether a move was sent whose outcome is unknown. */
    boolean unsure() {
        return unsure;
    }

    boolean held() {
        return lease != null;
    }

    void take(LeaderLease fresh) {
        lease = fresh;
    }

    void drop() {
        lease = null;
        unsure = false;
    }

    /** The lease, or a refusal that names who leads. */
    LeaderLease lease() {
        LeaderLease held = lease;
        if (held == null) {
            throw new Refusal(
                    Refusal.Code.NOT_LEADER,
                    cluster.leader()
                            .current()
                            .map(holder -> "Cluster " + cluster.name() + " is led by " + holder.name()
                                    + "; ask that orchestrator, or try again.")
                            .orElse("This orchestrator does not lead the cluster yet; try again."));
        }
        return held;
    }

    /** From IDLE to PREPARING. */
    void begin(RunPlan plan) {
        commit(cluster.lifecycle().begin(lease(), plan));
    }

    /** To where {@code event} leads. */
    void move(Lifecycle.Event event) {
        State next = Lifecycle.asked(state.state(), event);
        unsure = true;
        Transition moved = cluster.lifecycle().move(lease(), state.epoch(), state.state(), next);
        unsure = false;
        commit(moved);
    }

    /** Keeps the run's course for the next leader: in Redis, and on disk as far as the disk takes it. */
    void note(Run run) {
        Course course = run.course();
        if (!cluster.plans().note(lease(), run.id(), Json.bytes(course))) {
            throw notLeader();
        }
        run.folder.keep(course);
    }

    /** Gives the newest assignment to the cluster, after its course. Doing it again changes nothing. */
    void publish(Run run) {
        note(run);
        Transition done = cluster.plans().assign(lease(), run.assignment());
        boolean there =
                done.result() == Transition.Result.STALE_VERSION && done.state().version() == run.deal.version;
        if (!there) {
            commit(done);
        }
        run.deal.published = run.deal.version;
        lookAgain("version " + run.deal.version + " of " + run.id());
    }

    /** Gives a newer assignment to the cluster. */
    void assign(Run run) {
        run.deal.version++;
        publish(run);
    }

    /** Tells the workers that the run ends, and that nothing more is to be made for it. */
    void tellOfStop(Run run) {
        if (run.deal.version > 0) {
            assign(run);
        } else {
            lookAgain("stop " + run.id());
        }
        cluster.orders().cancel(lease());
    }

    /** Writes everything of the run under way again, after Redis has lost it or has come back with something older. */
    void restore(Run run, ClusterState last) {
        note(run);
        Transition restored = cluster.lifecycle()
                .restore(
                        lease(),
                        last,
                        run.head.plan(),
                        run.deal.version == 0 ? Optional.empty() : Optional.of(run.assignment()));
        commit(restored);
        run.deal.published = run.deal.version;
    }

    /** Tells the workers to read the state again. */
    void lookAgain(String reason) {
        cluster.commands()
                .lookAgain(
                        workers.live().stream().map(w -> w.status().workerId()).toList(), reason);
    }

    private void commit(Transition transition) {
        if (!transition.done()) {
            State is = transition.state().state();
            throw transition.result() == Transition.Result.NOT_LEADER
                    ? notLeader()
                    : new Refusal(
                            Refusal.Code.INVALID_STATE,
                            "The cluster has changed meanwhile and is " + is + "; try again.",
                            Map.of("state", is.name()));
        }
        state = transition.state();
    }

    private static Refusal notLeader() {
        return new Refusal(Refusal.Code.NOT_LEADER, "Another orchestrator leads the cluster now; try again.");
    }
}
