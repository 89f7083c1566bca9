package io.vikhry.worker;

import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.WorkerLease;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The assignments of one run as they reach this worker, and how far it has come with them: the newest it knows, the newest it
 * follows and under which lease, and the newest it follows with nobody else at work. One thread changes it; any thread may ask what is
 * known.
 */
final class Assigned {
    private static final Logger LOG = LoggerFactory.getLogger(Assigned.class);

    private final RunPlan plan;
    private volatile @Nullable Assignment known;
    private volatile long followed;
    private volatile long settled;
    private @Nullable WorkerLease followedUnder;
    private long ignored;

    /** Nothing is assigned yet. */
    Assigned(RunPlan plan) {
        this.plan = plan;
    }

    /** Takes note of an assignment; one that is not newer, or of another run, is ignored. */
    void learn(Assignment next) {
        if (next.epoch() != plan.epoch() || !next.runId().equals(plan.runId()) || next.version() <= version()) {
            ignored++;
            LOG.warn(
                    "Ignored version {} of run {}, epoch {} ({} so far)",
                    next.version(),
                    next.runId(),
                    next.epoch(),
                    ignored);
            return;
        }
        known = next;
    }

    /** The newest, or {@code null}. */
    @Nullable Assignment newest() {
        return known;
    }

    /** The newest's version, 0 if there is none. */
    long version() {
        Assignment newest = known;
        return newest == null ? 0 : newest.version();
    }

    /** The newest, unless it is followed under that lease already. */
    @Nullable Assignment unfollowed(WorkerLease lease) {
        Assignment newest = known;
        return newest != null && newest.version() == followed && lease == followedUnder ? null : newest;
    }

    /** What runs is from now on what {@code assignment} says, under {@code lease}. */
    void follow(Assignment assignment, @Nullable WorkerLease lease) {
        followed = assignment.version();
        followedUnder = lease;
    }

    /** The newest version that is followed with nobody else at work: whoever that took away has ended. {@code settles} says so now. */
    long settled(BooleanSupplier settles) {
        long now = followed;
        if (settled < now && settles.getAsBoolean()) {
            settled = now;
        }
        return settled;
    }

    /** Whether users that were taken away have yet to end. */
    boolean isSettling(BooleanSupplier settles) {
        return settled(settles) < followed;
    }
}
