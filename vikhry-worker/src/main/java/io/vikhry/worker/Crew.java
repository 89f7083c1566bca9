package io.vikhry.worker;

import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.ClusterClock;
import io.vikhry.cluster.WorkerLease;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.VuSet;
import io.vikhry.runtime.vu.Fence;
import io.vikhry.runtime.vu.VuExecutor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users of a run under one lease of this worker. Their fence moves with the lease's deadline: while Redis is not heard they
 * park, and when the lease is lost they end without sending anything more.
 */
final class Crew {
    private static final Logger LOG = LoggerFactory.getLogger(Crew.class);

    private final WorkerLease lease;
    private final Fence fence = Fence.shut();
    private final PoolDesk desk;
    private final VuExecutor executor;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private boolean ending;

    Crew(WorkerLease lease, PoolDesk desk, BiFunction<Fence, PoolDesk, VuExecutor> executor) {
        this.lease = lease;
        this.desk = desk;
        this.executor = executor.apply(fence, desk);
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
    }

    /** Runs {@code share} of the load. */
    void follow(Assignment.Share share, Assignment assignment, ClusterClock clock) {
        VuSet vus = VuSet.of(share.ranges().stream()
                .map(range -> new VuSet.Range(range.from(), range.to()))
                .toList());
        LoadCurve curve = LoadCurve.of(assignment.stages().stream()
                .map(stage -> new LoadCurve.Stage(stage.atMillis(), stage.target(), stage.rampMillis()))
                .toList());
        executor.follow(vus, curve, clock.nanosAt(assignment.t0Millis()));
    }

    /** Ends users that are not its any more, each after its current step. */
    void standDown() {
        executor.follow(VuSet.EMPTY, LoadCurve.ZERO, System.nanoTime());
    }

    /** Ends all users: each after its current step, or when {@code timeout} is over. A shorter one hurries an earlier call. */
    void end(Duration timeout) {
        ending = true;
        Thread.ofPlatform().daemon().name("vikhry-drain").start(() -> {
            try {
                VuExecutor.Drained drained = executor.drain(timeout);
                if (drained.interrupted() > 0) {
                    LOG.warn("{} users had to be interrupted to end", drained.interrupted());
                }
                drained.abandoned().forEach(user -> LOG.error("A user did not end: {}", user));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.error("Users did not end as they should", e);
            } finally {
                desk.close();
                ended.complete(null);
            }
        });
    }

    /** The lease is lost: its users send nothing more and end. */
    void abandon() {
        fence.close();
        end(Duration.ZERO);
    }
}
