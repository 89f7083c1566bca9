package io.vikhry.worker;

import io.vikhry.api.VikhryException;
import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.ClusterState;
import io.vikhry.cluster.Renewal;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.WorkerLease;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.scenario.LoadedScenario;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this worker has to do by the cluster's state: which scenario to have loaded, which run to work for. Its table:
 *
 * <pre>
 * state of the cluster        here: no run                       here: a run
 * IDLE                        nothing                            it ends
 * PREPARING, its plan         the run is taken on                nothing
 * RUNNING, its plan           the run is taken on                its newest assignment is followed
 * STOPPING                    nothing                            its newest assignment is followed
 * another run or epoch        as above                           it ends; then as above
 * an epoch from before        ignored                            ignored: it goes on
 * </pre>
 *
 * <p>Items of pools are made whenever they are ordered, with a run or without.
 *
 * <p>An order to halt goes before all of that: the run that it names ends here, and is not taken on again.
 *
 * <p>Only the thread of the {@link Membership} calls, but for {@link #ready}, {@link #error} and {@link #halt}.
 */
final class Duties {
    private final WorkerOptions options;
    private final Cluster cluster;
    private final Engine engine;
    private final Runnable changed;
    private final StatusReport report;
    private final Shelf shelf;
    private final Workshop workshop;
    private final Halting halting;
    private volatile @Nullable String announced;
    private volatile @Nullable String runError;
    private volatile @Nullable RunPart run;

    private final Epochs epochs = new Epochs(System::nanoTime);

    /** {@code changed} is called by any thread when the cluster should hear of something new. */
    Duties(WorkerOptions options, Cluster cluster, Engine engine, Runnable changed) {
        this.options = options;
        this.cluster = cluster;
        this.engine = engine;
        this.changed = changed;
        this.report = new StatusReport(options.workerId(), engine, cluster.clock());
        this.shelf = new Shelf(cluster.bundles(), changed);
        this.workshop = new Workshop(cluster.orders(), engine, options.factoryTimeout(), this::terms, changed);
        this.halting = new Halting(cluster.halts(), options.workerId(), workshop::kill, changed);
    }

    /** Whether the announced scenario is loaded, if there is one; any thread may ask. */
    boolean ready() {
        String digest = announced;
        return digest == null || shelf.has(digest);
    }

    /** Why the scenario or the run cannot be worked for; any thread may ask. */
    @Nullable String error() {
        String ofRun = runError;
        String digest = announced;
        return ofRun != null || digest == null ? ofRun : shelf.error(digest).orElse(null);
    }

    /** The sequence of batches under way. */
    BatchOrigin origin() {
        RunPart present = run;
        return present == null ? BatchOrigin.NONE : present.origin();
    }

    /** Whether the cluster waits for users here to end. */
    boolean settling() {
        RunPart present = run;
        return present != null && present.settling();
    }

    /** The lease is lost. What other states there were is of no meaning to a worker that has nothing left of any run. */
    void leaseLost() {
        workshop.leaseLost();
        RunPart present = run;
        if (present != null) {
            present.leaseLost();
        } else {
            epochs.forget();
        }
    }

    /** Redis answers again, and the lease lasts; but it may have come back without the newest that it had. */
    void answeredAgain() {
        RunPart present = run;
        if (present != null) {
            present.resend();
        }
    }

    /** Ends what runs, within {@code drain}; whether nothing runs any more. */
    boolean leave(Duration drain) {
        RunPart present = run;
        if (present != null && !present.ending()) {
            present.end(drain);
        }
        return present == null || present.ended();
    }

    /** The lease was renewed; does what the cluster's state asks for. */
    void renewed(Renewal renewal, WorkerLease held, boolean leaving) {
        RunPart present = run;
        if (present != null) {
            present.renewed(renewal);
        }
        workshop.renewed(held);
        reconcile(renewal, held, leaving);
        makeItems(held, leaving);
    }

    private void makeItems(WorkerLease held, boolean leaving) {
        RunPart present = run;
        String digest = present == null ? announced : present.plan().bundleDigest();
        LoadedScenario scenario =
                digest == null || leaving ? null : shelf.want(digest).orElse(null);
        workshop.makeFor(scenario, held, () -> present != null && present.killed());
    }

    private ItemMaker.Terms terms() {
        RunPart present = run;
        return present == null
                ? ItemMaker.Terms.NONE
                : new ItemMaker.Terms(present.plan().runId(), present.leash());
    }

    /** There is an order to halt: traffic stops before anything else is seen to. Any thread may call. */
    void halt() {
        RunPart present = run;
        if (present != null) {
            halting.stopTraffic(present);
        }
    }

    private void reconcile(Renewal renewal, WorkerLease held, boolean leaving) {
        announced = renewal.scenarioDigest();
        if (announced != null) {
            shelf.want(announced);
        }
        ClusterState state = renewal.state();
        if (!epochs.see(state.epoch(), renewal.led())) {
            return;
        }
        if (!takesOn(state)) {
            runError = null;
        }
        RunPart present = run;
        boolean halted = halting.obey(renewal, present);
        halting.watchOverTheDead(renewal, present);
        if (present != null && !isCurrent(present, state)) {
            present.end(Duration.ZERO);
            if (!present.ended()) {
                return;
            }
            present.close();
            run = null;
            present = null;
        }
        if (present == null) {
            present = halted ? null : adopt(state, held, leaving);
        }
        if (present == null || halted) {
            return;
        }
        if (state.version() == 0) {
            present.followPlan();
        } else if (state.version() > present.knownVersion()) {
            cluster.plans()
                    .assignment(present.plan().runId(), options.workerId())
                    .ifPresent(present::learn);
        }
        present.reconcile(held);
    }

    private static boolean isCurrent(RunPart run, ClusterState state) {
        return state.state() != ClusterState.State.IDLE
                && run.plan().epoch() == state.epoch()
                && run.plan().runId().equals(state.runId());
    }

    private static boolean takesOn(ClusterState state) {
        return state.state() == ClusterState.State.PREPARING || state.state() == ClusterState.State.RUNNING;
    }

    private @Nullable RunPart adopt(ClusterState state, WorkerLease held, boolean leaving) {
        String runId = state.runId();
        if (runId == null || !takesOn(state)) {
            return null;
        }
        RunPlan plan = cluster.plans().plan(runId).orElse(null);
        if (plan == null || plan.epoch() != state.epoch() || leaving) {
            return null;
        }
        Optional<LoadedScenario> scenario = shelf.want(plan.bundleDigest());
        if (scenario.isEmpty()) {
            runError = shelf.error(plan.bundleDigest()).orElse(null);
            return null;
        }
        try {
            run = new RunPart(cluster, engine, options, scenario.get(), plan, held, report::newest, changed);
            runError = null;
        } catch (VikhryException e) {
            if (e instanceof ClusterException) {
                throw e;
            }
            runError = Lines.first(e);
        }
        return run;
    }

    /** What the worker says of itself. */
    WorkerStatus status(boolean leaving) {
        RunPart present = run;
        String digest = present != null ? present.plan().bundleDigest() : announced;
        boolean loaded = digest != null && shelf.has(digest);
        return report.status(
                leaving ? WorkerStatus.Phase.LEAVING : phase(present, digest, loaded),
                loaded ? digest : null,
                error(),
                present);
    }

    private WorkerStatus.Phase phase(@Nullable RunPart present, @Nullable String digest, boolean loaded) {
        if (present != null && !present.ended()) {
            if (present.ending()) {
                return WorkerStatus.Phase.DRAINING;
            }
            if (present.tally().parked()) {
                return WorkerStatus.Phase.PARKED;
            }
            if (present.working()) {
                return WorkerStatus.Phase.RUNNING;
            }
        }
        if (loaded && workshop.busy()) {
            return WorkerStatus.Phase.PREPARING;
        }
        if (loaded) {
            return WorkerStatus.Phase.READY;
        }
        return digest == null || error() != null ? WorkerStatus.Phase.IDLE : WorkerStatus.Phase.PREPARING;
    }

    /** Lets go of everything. */
    void close() {
        workshop.close();
        RunPart present = run;
        if (present != null) {
            present.close();
        }
        shelf.close();
    }
}
