package io.vikhry.worker;

import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.Holder;
import io.vikhry.cluster.Renewal;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.WorkerLease;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.probe.ProbeLog;
import io.vikhry.runtime.probe.ProbeWatch;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ParamValues;
import io.vikhry.runtime.vu.Leash;
import io.vikhry.runtime.vu.VuExecutor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This worker's part of one run, from its plan to its last batch. It follows assignments: of the newest one it runs the share
 * that was given to the fence of the worker's present lease, and nothing else.
 *
 * <p>The worker's thread calls; a thread of its own ends the part. At most one crew is
 * at work: the next one waits until the users of the one before have ended, so that no user runs twice even in here.
 */
final class RunPart {
    private static final Logger LOG = LoggerFactory.getLogger(RunPart.class);
    private static final Duration LAST_BATCHES = Duration.ofSeconds(5);

    private final Cluster cluster;
    private final Engine engine;
    private final WorkerOptions options;
    private final LoadedScenario scenario;
    private final ParamValues params;
    private final RunPlan plan;
    private final Runnable changed;
    private final ProbeLog probes = new ProbeLog();
    private final BatchFlow batches;
    private final Restraint restraint;
    private final Crews<Crew> crews = new Crews<>(crew -> Crews.Counts.of(crew.users()));
    private final Tally tally;

    private final Assigned assigned;
    private boolean ending;
    private volatile boolean killed;
    private volatile boolean ended;

    RunPart(
            Cluster cluster,
            Engine engine,
            WorkerOptions options,
            LoadedScenario scenario,
            RunPlan plan,
            WorkerLease lease,
            Supplier<WorkerStatus.Health> health,
            Runnable changed) {
        this.cluster = cluster;
        this.engine = engine;
        this.options = options;
        this.scenario = scenario;
        this.params = scenario.params().parse(plan.params());
        this.plan = plan;
        this.assigned = new Assigned(plan);
        this.changed = changed;
        this.restraint = new Restraint(plan.safety(), options.workerId());
        this.tally = new Tally(plan.model(), crews, leash(), engine, health);
        this.batches = new BatchFlow(
                new BatchOrigin(plan.runId(), options.workerId(), lease.fence()),
                cluster.metrics(),
                cluster.clock()::nowMillis,
                tally::arrivals,
                probes::drain,
                tally::vitals);
        // Now, while none of its users is measured: what starting left behind (a compiler, a server) would stay in
        // memory through the run.
        System.gc();
    }

    /** What its requests may not do, those of factories too. */
    Leash leash() {
        return restraint.leash();
    }

    boolean killed() {
        return killed;
    }

    RunPlan plan() {
        return plan;
    }

    /** The newest assignment that it follows with nobody else at work: whoever that took away has ended. */
    long settledVersion() {
        return assigned.settled(this::settles);
    }

    /** Whether users that were taken away have yet to end. */
    boolean settling() {
        return assigned.isSettling(this::settles);
    }

    private boolean settles() {
        Crew present = crews.present();
        return present == null || present.users().settled();
    }

    /** The newest assignment it was given. */
    long knownVersion() {
        return assigned.version();
    }

    BatchOrigin origin() {
        return batches.origin();
    }

    long lastSeq() {
        return batches.lastSeq();
    }

    /** Whether all users have ended and the last batch was handed to Redis, or given up. */
    boolean ended() {
        return ended;
    }

    boolean ending() {
        return ending;
    }

    boolean working() {
        Crew present = crews.present();
        return present != null && !ended;
    }

    /** What its users have come to, and how they are. */
    Tally tally() {
        return tally;
    }

    /** The lease was renewed; {@code renewal} says which batches the orchestrator has. */
    void renewed(Renewal renewal) {
        Crew present = crews.present();
        if (present != null) {
            present.renewed();
        }
        batches.passed(renewal.cursor(), renewal.ahead());
    }

    /** Takes note of an assignment; one that is not newer, or of another run, is ignored. */
    void learn(Assignment next) {
        assigned.learn(next);
    }

    /** Nothing is assigned yet: its part of the run's limits is what the plan says. */
    void followPlan() {
        restraint.followPlan();
    }

    /** Makes what runs what the newest assignment says, for the present lease. */
    void reconcile(WorkerLease lease) {
        Crew present = crews.present();
        if (present != null && present.ended().isDone() && !ending) {
            crews.retire();
            present = null;
        }
        Assignment wanted = assigned.unfollowed(lease);
        if (wanted == null || ending) {
            return;
        }
        if (wanted.phase() == Assignment.Phase.DRAIN) {
            assigned.follow(wanted, null);
            end(Duration.ofMillis(wanted.drainMillis()));
            return;
        }
        if (present != null && present.ending()) {
            return;
        }
        Assignment.Share share = wanted.shares().get(options.workerId());
        if (share != null && share.fence() == lease.fence()) {
            if (present == null) {
                present = crew(lease);
            }
            restraint.follow(share.maxRps());
            present.follow(plan, options.workerId(), wanted, cluster.clock());
        } else {
            restraint.follow(0);
            if (present != null) {
                present.standDown();
            }
        }
        assigned.follow(wanted, lease);
    }

    private Crew crew(WorkerLease lease) {
        PoolDesk desk = new PoolDesk(cluster.pools(), cluster.clock(), plan.runId(), options.workerId(), lease.fence());
        Holder self = new Holder(plan.runId(), options.workerId(), lease.fence(), 0);
        CommonDesk common = new CommonDesk(cluster.commons(), self, this::expected);
        Crew fresh = new Crew(
                lease,
                desk,
                common,
                fence -> new VuExecutor(
                        engine, scenario, params, plan.seed(), fence, desk, common, options.vus(), leash()),
                fence -> new ProbeWatch(engine, scenario, params, fence, leash(), cluster.clock()::nowMillis, probes));
        crews.begin(fresh);
        if (killed) {
            fresh.kill();
        }
        batches.begin(engine, tally::activeVus);
        return fresh;
    }

    /** How many users a barrier waits for; none are known in the open model. */
    private CommonDesk.Expected expected() {
        Assignment known = assigned.newest();
        if (known == null || plan.model() == RunPlan.LoadModel.RATE) {
            return CommonDesk.Expected.UNKNOWN;
        }
        return CommonDesk.Expected.by(known, cluster.clock().nowMillis());
    }

    /** The lease is lost: what runs ends; what was sent may be lost as well, and goes again. */
    void leaseLost() {
        restraint.follow(0);
        Crew present = crews.present();
        if (present != null && !present.ending()) {
            LOG.warn("The lease is lost: {} users of run {} end", tally.activeVus(), plan.runId());
            present.abandon();
            present.ended().thenRun(changed);
        } else if (present != null) {
            present.abandon();
        }
        batches.resend();
    }

    /** What was sent may be lost, and goes again. */
    void resend() {
        batches.resend();
    }

    /** Stops all traffic of users at this moment; {@link #end} then tidies up. False if that was done before. Any thread may call. */
    boolean kill() {
        if (killed) {
            return false;
        }
        killed = true;
        Crew present = crews.present();
        if (present != null) {
            present.kill();
        }
        return true;
    }

    /** Ends it: users within {@code drain}, then the last batch. A shorter drain hurries an earlier call. */
    void end(Duration drain) {
        Crew present = crews.present();
        if (present != null && !present.ended().isDone()) {
            present.end(drain);
        }
        if (ending) {
            return;
        }
        ending = true;
        CompletableFuture<Void> users = present == null ? CompletableFuture.completedFuture(null) : present.ended();
        Thread.ofPlatform().daemon().name("vikhry-run-end").start(() -> {
            users.join();
            finish();
        });
    }

    private void finish() {
        try {
            if (!batches.finish(LAST_BATCHES)) {
                LOG.warn("The last batches of run {} wait for Redis", plan.runId());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("The last second of run {} is lost", plan.runId(), e);
        } finally {
            ended = true;
            changed.run();
        }
    }

    /** Lets go of what is left; after {@link #ended}. */
    void close() {
        batches.close();
    }
}
