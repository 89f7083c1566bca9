package io.vikhry.worker;

import io.vikhry.api.VikhryException;
import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.ClusterState;
import io.vikhry.cluster.Following;
import io.vikhry.cluster.Renewal;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.WorkerIdTakenException;
import io.vikhry.cluster.WorkerLease;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.scenario.LoadedScenario;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's place in its cluster: renews the lease once a second and at each command, and reconciles what runs here with what
 * the renewal says. State is all that counts; a command only makes it look sooner.
 *
 * <p>One thread does all of this and never waits for users, factories or the loading of a scenario: those have threads of their
 * own and call {@link #look} when they are done. What other threads may read is volatile or behind the lock.
 */
final class Membership {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A worker id may be held by the lease of a process that was killed a moment ago. */
    private static final long JOIN_NANOS = TimeUnit.MILLISECONDS.toNanos(io.vikhry.cluster.Leases.TTL_MILLIS + 1_500);

    private final WorkerOptions options;
    private final Cluster cluster;
    private final StatusReport report;
    private final Engine engine;
    private final Shelf shelf;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Condition progress = lock.newCondition();
    /** These three are guarded by the lock. */
    private boolean looked;

    private boolean done;
    private @Nullable Duration leaving;

    private volatile @Nullable WorkerLease lease;
    private volatile @Nullable String announced;
    private volatile @Nullable String trouble;
    private volatile @Nullable String runError;
    private volatile boolean renewedOnce;
    private @Nullable Following following;
    private @Nullable RunPart run;
    private long newestEpoch;
    private long staleStates;

    Membership(WorkerOptions options, Cluster cluster, Engine engine) {
        this.options = options;
        this.cluster = cluster;
        this.engine = engine;
        this.report = new StatusReport(options.workerId(), engine, cluster.clock());
        this.shelf = new Shelf(cluster.bundles(), this::look);
        this.thread = Thread.ofPlatform().name("vikhry-worker").unstarted(this::run);
    }

    /** Joins; waits for the lease of a process that held the id before. */
    void begin() {
        long bound = System.nanoTime() + JOIN_NANOS;
        while (lease == null) {
            try {
                lease = cluster.leases().join(report.status(WorkerStatus.Phase.IDLE, null, null, null));
            } catch (WorkerIdTakenException e) {
                if (System.nanoTime() - bound > 0) {
                    throw e;
                }
                LOG.info("{}; waiting for it to go", e.getMessage());
                pause(Math.min(1_000, e.remainingMillis() + 1));
            }
        }
        following = cluster.commands().follow(options.workerId(), reason -> {
            LOG.debug("Told to look again: {}", reason);
            look();
        });
        thread.start();
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted while joining the cluster", e);
        }
    }

    /** Makes the thread look at once. Any thread may call. */
    void look() {
        lock.lock();
        try {
            looked = true;
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    boolean awaitReady(Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (!ready()) {
                String digest = announced;
                if (left <= 0 || done || (digest != null && shelf.error(digest).isPresent())) {
                    return false;
                }
                left = progress.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean ready() {
        String digest = announced;
        return renewedOnce && lease != null && (digest == null || shelf.has(digest));
    }

    Optional<String> error() {
        String redis = trouble;
        return redis != null ? Optional.of(redis) : Optional.ofNullable(ownError());
    }

    private @Nullable String ownError() {
        String ofRun = runError;
        String digest = announced;
        return ofRun != null || digest == null ? ofRun : shelf.error(digest).orElse(null);
    }

    /** Ends its users within {@code drain}, then leaves; false if that was asked for before. Waits at most {@code boundNanos}. */
    boolean leave(Duration drain, long boundNanos) throws InterruptedException {
        lock.lock();
        try {
            if (leaving != null) {
                return false;
            }
            leaving = drain;
            looked = true;
            news.signal();
            long left = boundNanos;
            while (!done && left > 0) {
                left = progress.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
        abort();
        return true;
    }

    /** Stops looking, whatever runs. */
    void abort() {
        lock.lock();
        try {
            done = true;
            looked = true;
            news.signal();
        } finally {
            lock.unlock();
        }
        if (following != null) {
            following.close();
        }
        shelf.close();
    }

    private void run() {
        try {
            while (!left()) {
                long began = System.nanoTime();
                try {
                    turn();
                    trouble = null;
                } catch (ClusterException e) {
                    if (trouble == null) {
                        LOG.warn("{}", e.getMessage());
                    }
                    trouble = e.getMessage();
                } catch (RuntimeException e) {
                    LOG.error("The worker could not do what the cluster asked for", e);
                }
                awaitNews(began + SECOND_NANOS);
            }
        } finally {
            finish();
        }
    }

    private void awaitNews(long untilNanos) {
        lock.lock();
        try {
            progress.signalAll();
            while (!looked) {
                long left = untilNanos - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                news.awaitNanos(left);
            }
            looked = false;
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is time to end: asked to leave, and nothing runs any more. */
    private boolean left() {
        Duration drain;
        lock.lock();
        try {
            if (done) {
                return true;
            }
            drain = leaving;
        } finally {
            lock.unlock();
        }
        if (drain == null) {
            return false;
        }
        RunPart present = run;
        if (present != null && !present.ending()) {
            present.end(drain);
        }
        return present == null || present.ended();
    }

    private void finish() {
        RunPart present = run;
        if (present != null) {
            present.close();
        }
        WorkerLease held = lease;
        lease = null;
        if (held != null) {
            try {
                held.release();
            } catch (ClusterException e) {
                LOG.warn("The lease was not given up and will run out: {}", e.getMessage());
            }
        }
        lock.lock();
        try {
            done = true;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void turn() {
        WorkerLease held = lease;
        if (held == null) {
            held = cluster.leases().join(status());
            lease = held;
            LOG.info("Worker {} is in the cluster again", options.workerId());
        }
        WorkerStatus said = status();
        RunPart present = run;
        Renewal renewal = held.renew(said, present == null ? BatchOrigin.NONE : present.origin());
        if (!renewal.held()) {
            lease = null;
            if (present != null) {
                present.leaseLost();
            }
            look();
            return;
        }
        renewedOnce = true;
        if (present != null) {
            present.renewed(renewal.cursor());
        }
        reconcile(renewal, held);
        if (!said.sameWork(status())) {
            look();
        }
    }

    private void reconcile(Renewal renewal, WorkerLease held) {
        announced = renewal.scenarioDigest();
        if (announced != null) {
            shelf.want(announced);
        }
        ClusterState state = renewal.state();
        if (state.epoch() < newestEpoch) {
            // Redis has lost its data and the leader has not restored it yet, or a replica that lagged took over.
            if (staleStates++ == 0) {
                LOG.warn("Ignored epoch {}: epoch {} was here before", state.epoch(), newestEpoch);
            }
            return;
        }
        newestEpoch = state.epoch();
        RunPart present = run;
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
            present = adopt(state, held);
        }
        if (present == null) {
            return;
        }
        present.prepare(state.state() == ClusterState.State.PREPARING, held);
        if (state.version() > present.knownVersion()) {
            cluster.plans().assignment(present.plan().runId()).ifPresent(present::learn);
        }
        present.reconcile(held);
    }

    private static boolean isCurrent(RunPart run, ClusterState state) {
        return state.state() != ClusterState.State.IDLE
                && run.plan().epoch() == state.epoch()
                && run.plan().runId().equals(state.runId());
    }

    private @Nullable RunPart adopt(ClusterState state, WorkerLease held) {
        String runId = state.runId();
        if (runId == null || state.state() == ClusterState.State.IDLE || state.state() == ClusterState.State.STOPPING) {
            runError = null;
            return null;
        }
        RunPlan plan = cluster.plans().plan(runId).orElse(null);
        if (plan == null || plan.epoch() != state.epoch() || isLeaving()) {
            return null;
        }
        Optional<LoadedScenario> scenario = shelf.want(plan.bundleDigest());
        if (scenario.isEmpty()) {
            runError = shelf.error(plan.bundleDigest()).orElse(null);
            return null;
        }
        if (plan.model() != RunPlan.LoadModel.USERS) {
            runError = "run " + runId + " asks for load model " + plan.model() + ", which this worker does not know";
            return null;
        }
        try {
            run = new RunPart(cluster, engine, options, scenario.get(), plan, held, this::look);
            runError = null;
        } catch (VikhryException e) {
            if (e instanceof ClusterException) {
                throw e;
            }
            runError = Lines.first(e);
        }
        return run;
    }

    private boolean isLeaving() {
        lock.lock();
        try {
            return leaving != null;
        } finally {
            lock.unlock();
        }
    }

    private WorkerStatus status() {
        RunPart present = run;
        String digest = present != null ? present.plan().bundleDigest() : announced;
        boolean loaded = digest != null && shelf.has(digest);
        return report.status(phase(present, digest, loaded), loaded ? digest : null, ownError(), present);
    }

    private WorkerStatus.Phase phase(@Nullable RunPart present, @Nullable String digest, boolean loaded) {
        if (isLeaving()) {
            return WorkerStatus.Phase.LEAVING;
        }
        if (present != null && !present.ended()) {
            if (present.ending()) {
                return WorkerStatus.Phase.DRAINING;
            }
            if (present.parked()) {
                return WorkerStatus.Phase.PARKED;
            }
            if (present.working()) {
                return WorkerStatus.Phase.RUNNING;
            }
            if (present.making()) {
                return WorkerStatus.Phase.PREPARING;
            }
        }
        if (loaded) {
            return WorkerStatus.Phase.READY;
        }
        return digest == null || ownError() != null ? WorkerStatus.Phase.IDLE : WorkerStatus.Phase.PREPARING;
    }
}
