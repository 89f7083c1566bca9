package io.vikhry.orchestrator.run;

import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.ClusterState.State;
import io.vikhry.cluster.Halt;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the run under way, on whoever's word: a person's, its duration's, an order to halt's, its scenario's, or because it has
 * failed. What is decided is noted before anybody is told, so it is carried out whoever leads. For the conductor's thread.
 */
final class Brake {
    private static final Logger LOG = LoggerFactory.getLogger(Brake.class);
    private static final Duration DEFAULT_DRAIN = Duration.ofSeconds(10);

    private final Cluster cluster;
    private final Reins reins;
    private final Tenure tenure;

    Brake(Cluster cluster, Reins reins, Tenure tenure) {
        this.cluster = cluster;
        this.reins = reins;
        this.tenure = tenure;
    }

    /** Stops the run; users have as long as {@code drain} for their current step. One that is stopping already goes on with that. */
    void stop(Run run, StopReason reason, Duration drain) {
        reins.lease();
        Lifecycle.asked(reins.state().state(), event(reason));
        if (run.stop == null) {
            run.stop = new Course.Stop(reason, drain.toMillis(), cluster.clock().nowMillis());
        }
        try {
            carryOut(run);
        } catch (ClusterException e) {
            LOG.warn("Run {} is to stop, and does so when Redis answers: {}", run.id(), e.getMessage());
        }
    }

    /** Its duration is over. */
    void end(Run run) {
        stop(run, StopReason.DURATION, DEFAULT_DRAIN);
    }

    /** It cannot go on. */
    void fail(Run run, String why) {
        LOG.warn("Run {} fails: {}", run.id(), why);
        tenure.failed(why);
        run.error = why;
        stop(run, StopReason.FAILED, DEFAULT_DRAIN);
    }

    /** Sees whether there is a reason to stop it, and carries out what was decided. */
    void look(Run run) {
        String why = tenure.failing();
        heed(run);
        if (reins.state().state() == State.PREPARING || reins.state().state() == State.RUNNING) {
            if (run.stop != null) {
                carryOut(run);
            } else if (why != null) {
                fail(run, why);
            } else {
                abortIfAsked(run);
            }
        }
    }

    /** An order to halt goes before everything else; the workers have heard of it themselves. */
    private void heed(Run run) {
        Halt order = tenure.halt();
        if (order == null
                || order.epoch() != run.head.plan().epoch()
                || reins.state().state() == State.IDLE) {
            return;
        }
        Course.Stop ordered = run.stop;
        boolean killed = order.kind() == Halt.Kind.KILL;
        if (ordered == null) {
            LOG.warn("Run {} is halted: {}", run.id(), order.by());
            run.error = order.by();
            stop(run, killed ? StopReason.KILLED : StopReason.ORPHANED, killed ? Duration.ZERO : DEFAULT_DRAIN);
        } else if (killed && ordered.reason() != StopReason.KILLED) {
            LOG.warn("Run {} is killed while it ends: {}", run.id(), order.by());
            run.error = order.by();
            // It may take no longer than until now, whatever it was given before.
            long drained = Math.max(0, cluster.clock().nowMillis() - ordered.sinceMillis());
            run.stop = new Course.Stop(StopReason.KILLED, drained, ordered.sinceMillis());
            reins.note(run);
        }
    }

    /** A scenario may end its run: the first worker that says so is believed. */
    private void abortIfAsked(Run run) {
        run.statuses.values().stream()
                .filter(s -> s.abort() != null)
                .findFirst()
                .ifPresent(s -> {
                    String why = s.abort() + " (on " + s.workerId() + ")";
                    LOG.warn("Run {} is aborted by its scenario: {}", run.id(), why);
                    run.error = why;
                    stop(run, StopReason.ABORTED, DEFAULT_DRAIN);
                });
    }

    private void carryOut(Run run) {
        Course.Stop stop = run.stop;
        if (stop == null) {
            throw new IllegalStateException("nobody has asked for the end of " + run.id());
        }
        reins.note(run);
        reins.move(event(stop.reason()));
        LOG.info("Run {} is STOPPING ({})", run.id(), stop.reason().text());
        reins.tellOfStop(run);
    }

    private static Lifecycle.Event event(StopReason reason) {
        return switch (reason) {
            case REQUESTED, KILLED -> Lifecycle.Event.STOP;
            case DURATION -> Lifecycle.Event.DURATION;
            case FAILED, ABORTED, ORPHANED -> Lifecycle.Event.FAILED;
        };
    }
}
