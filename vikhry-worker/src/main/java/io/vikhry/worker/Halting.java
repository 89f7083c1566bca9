package io.vikhry.worker;

import io.vikhry.cluster.Halt;
import io.vikhry.cluster.Halts;
import io.vikhry.cluster.Renewal;
import io.vikhry.runtime.scenario.DurationText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What orders to halt mean to this worker, and when it gives one itself: where nobody has led the cluster for longer than a run may
 * go on without. For the thread of the {@link Membership}, but for {@link #stopTraffic(RunPart)}.
 */
final class Halting {
    private static final Logger LOG = LoggerFactory.getLogger(Halting.class);
    /** How long users may take to finish their steps when nobody leads the cluster any more. */
    private static final Duration ORPHANS_DRAIN = Duration.ofSeconds(10);

    private final Halts halts;
    private final String workerId;
    private final Runnable killed;
    private final Runnable changed;
    private final DeadMan deadMan = new DeadMan(System::nanoTime);

    /**
     * {@code killed} is called when a run was killed, by any thread.
     *
     * @param changed is called when the cluster should hear of something new
     */
    Halting(Halts halts, String workerId, Runnable killed, Runnable changed) {
        this.halts = halts;
        this.workerId = workerId;
        this.killed = killed;
        this.changed = changed;
    }

    /** There is an order to halt: the traffic of {@code run} stops, if it is the one meant. Any thread may call. */
    void stopTraffic(RunPart run) {
        halts.newest().ifPresent(halt -> stopTraffic(run, halt));
    }

    private void stopTraffic(RunPart run, Halt halt) {
        if (halt.kind() == Halt.Kind.KILL && halt.epoch() == run.plan().epoch() && run.kill()) {
            LOG.warn("Run {} was killed by {}", run.plan().runId(), halt.by());
            killed.run();
        }
    }

    /** Does what an order to halt says; whether there is one for this epoch. */
    boolean obey(Renewal renewal, @Nullable RunPart run) {
        Halt halt = renewal.halt();
        if (halt == null || halt.epoch() != renewal.state().epoch()) {
            return false;
        }
        if (run != null && run.plan().epoch() == halt.epoch()) {
            if (!run.ending() && halt.kind() == Halt.Kind.ORPHANED) {
                LOG.warn("Run {} ends: {}", run.plan().runId(), halt.by());
            }
            stopTraffic(run, halt);
            run.end(halt.kind() == Halt.Kind.KILL ? Duration.ZERO : ORPHANS_DRAIN);
        }
        return true;
    }

    /** Without an orchestrator for too long, the run is ended from here. */
    void watchOverTheDead(Renewal renewal, @Nullable RunPart run) {
        if (run == null || run.ending()) {
            deadMan.rest();
            return;
        }
        Duration limit = run.plan().safety().deadMan();
        if (deadMan.isDue(renewal.led(), limit)) {
            halts.order(Halt.Kind.ORPHANED, workerId + " had no orchestrator for " + DurationText.format(limit));
            changed.run();
        }
    }
}
