package io.vikhry.orchestrator.run;

import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.Orders;
import io.vikhry.cluster.RunPlan;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Items of a run that Redis may have lost, which are ordered again. For the conductor's thread. */
final class Resupply {
    private static final Logger LOG = LoggerFactory.getLogger(Resupply.class);

    private final Cluster cluster;
    private final Reins reins;
    /** The run whose items may be lost, until those that are have been ordered. */
    private @Nullable Run wanted;

    Resupply(Cluster cluster, Reins reins) {
        this.cluster = cluster;
        this.reins = reins;
    }

    /** Redis may have lost items of {@code run}. */
    void want(Run run) {
        wanted = run;
    }

    /** Orders what {@code current} lacks, if items of it may be lost; also where the leader that wrote the run again came no further. */
    void look(@Nullable Run current) {
        if (current == null || wanted != current || current.stop != null || current.endedAtOrNull() != null) {
            return;
        }
        RunPlan plan = current.head.plan();
        int ordered = 0;
        for (String pool : plan.resources().keySet()) {
            int more = cluster.orders()
                    .ensure(reins.lease(), Orders.Customer.RUN, pool, current.itemsWanted(), plan.recipe());
            if (more < 0) {
                // Another leads. If this one does again, and nobody has led in between, they are still to be ordered.
                return;
            }
            ordered += more;
        }
        wanted = null;
        if (ordered > 0) {
            LOG.warn("{} items of run {} are not there and are made again", ordered, current.id());
            reins.lookAgain("make resources for " + current.id());
        }
    }
}
