package io.vikhry.worker;

import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.ClusterClock;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.WorkerLease;
import io.vikhry.runtime.load.ArrivalSchedule;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.VuSet;
import io.vikhry.runtime.probe.ProbeWatch;
import io.vikhry.runtime.vu.ArrivalLoad;
import io.vikhry.runtime.vu.Fence;
import io.vikhry.runtime.vu.VuExecutor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users of a run under one lease of this worker, and its probes if they are this worker's task. Their fence moves with the
 * lease's deadline: while Redis is not heard they park, and when the lease is lost they end without sending anything more.
 */
final class Crew {
    private static final Logger LOG = LoggerFactory.getLogger(Crew.class);

    private static final double ROUNDING = 1e-9;

    private final WorkerLease lease;
    private final Fence fence = Fence.shut();
    private final PoolDesk desk;
    private final CommonDesk common;
    private final VuExecutor executor;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicBoolean told = new AtomicBoolean();
    private final Function<Fence, ProbeWatch> probing;
    private @Nullable ProbeWatch probes;
    private boolean ending;
    /** When those who still run are cut off, by {@link System#nanoTime}. */
    private long cutOffNanos;

    private long t0Millis = Long.MIN_VALUE;
    private long t0Nanos;

    Crew(
            WorkerLease lease,
            PoolDesk desk,
            CommonDesk common,
            Function<Fence, VuExecutor> executor,
            Function<Fence, ProbeWatch> probing) {
        this.lease = lease;
        this.desk = desk;
        this.common = common;
        this.probing = probing;
        this.executor = executor.apply(fence);
        renewed();
    }

    boolean isUnder(WorkerLease other) {
        return lease == other;
    }

    VuExecutor users() {
        return executor;
    }

    /** Whether its users may send now. */
    boolean mayPass() {
        return fence.isOpen();
    }

    /** Completed when all of its users have ended. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    boolean ending() {
        return ending;
    }

    /** The lease has a new deadline. */
    void renewed() {
        fence.renewUntil(lease.deadlineNanos());
        common.gone(executor.goneVus());
    }

    /** Runs what {@code assignment} gives to {@code workerId}. */
    void follow(RunPlan plan, String workerId, Assignment assignment, ClusterClock clock) {
        Assignment.Share share = assignment.shares().get(workerId);
        if (share == null) {
            throw new IllegalArgumentException("nothing is assigned to " + workerId);
        }
        probe(share.probes());
        VuSet vus = VuSet.of(share.ranges().stream()
                .map(range -> new VuSet.Range(range.from(), range.to()))
                .toList());
        LoadCurve curve = LoadCurve.of(assignment.stages().stream()
                .map(stage -> new LoadCurve.Stage(stage.atMillis(), stage.target(), stage.rampMillis()))
                .toList());
        long t0Nanos = t0Nanos(assignment, clock);
        RunPlan.Open open = plan.open();
        if (open == null) {
            executor.follow(vus, curve, t0Nanos);
        } else if (share.rateShare() > 0) {
            ArrivalSchedule.Part part = part(share, open.arrivals() == RunPlan.Arrivals.POISSON);
            long since = TimeUnit.MILLISECONDS.toNanos(Math.max(0, assignment.dealtMillis() - assignment.t0Millis()));
            executor.follow(new ArrivalLoad(vus, open.users(), curve, part, t0Nanos, since));
        } else {
            executor.rest();
        }
    }

    private void probe(boolean wanted) {
        ProbeWatch present = probes;
        if (wanted && present == null) {
            probes = probing.apply(fence);
        } else if (!wanted && present != null) {
            present.close();
            probes = null;
        }
    }

    /** Taken once: a clock that is corrected while the load runs must not move what has been due already. */
    private long t0Nanos(Assignment assignment, ClusterClock clock) {
        if (t0Millis != assignment.t0Millis()) {
            t0Millis = assignment.t0Millis();
            t0Nanos = clock.nanosAt(t0Millis);
        }
        return t0Nanos;
    }

    /** Its place among the workers' parts of the arrivals, which lie side by side. */
    private static ArrivalSchedule.Part part(Assignment.Share share, boolean poisson) {
        double to = share.rateFrom() + share.rateShare();
        // The last one ends at 1, whatever the sum of all parts comes to in its last digits.
        return new ArrivalSchedule.Part(share.rateFrom(), to > 1 - ROUNDING ? 1 : to, poisson);
    }

    /** Ends probes, and users that are not its any more, each after its current step. */
    void standDown() {
        probe(false);
        executor.rest();
    }

    /** Ends the probes and all users: each after its current step, or when {@code timeout} is over. A shorter one hurries an earlier call. */
    void end(Duration timeout) {
        long until = System.nanoTime() + timeout.toNanos();
        if (ending && until - cutOffNanos >= 0) {
            // An order to halt is heard with each renewal, as long as it lasts.
            return;
        }
        cutOffNanos = until;
        ending = true;
        probe(false);
        Thread.ofPlatform().daemon().name("vikhry-drain").start(() -> {
            try {
                VuExecutor.Drained drained = executor.drain(timeout);
                if (told.compareAndSet(false, true)) { // a call that was hurried ends with the one that hurries it
                    tell(drained);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.error("Users did not end as they should", e);
            } finally {
                desk.close();
                common.close();
                ended.complete(null);
            }
        });
    }

    private static void tell(VuExecutor.Drained drained) {
        if (drained.interrupted() > 0) {
            LOG.warn("{} users had to be interrupted to end", drained.interrupted());
        }
        drained.abandoned().forEach(user -> LOG.error("A user did not end: {}", user));
    }

    /** Its users send nothing more, from this moment, and end as they stand. Any thread may call. */
    void kill() {
        fence.close();
        executor.kill();
    }

    /** The lease is lost: its users send nothing more and end. */
    void abandon() {
        fence.close();
        end(Duration.ZERO);
    }
}
