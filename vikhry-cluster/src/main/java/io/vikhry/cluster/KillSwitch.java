package io.vikhry.cluster;

import java.io.IOException;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** Ends the run of a cluster for one who has nothing else to do there, as soon as can be. */
public final class KillSwitch {
    private KillSwitch() {}

    /**
     * What came of it.
     *
     * @param killed the cluster's state; {@link Transition#done} is false where no run is under way
     * @param led whether an orchestrator leads the cluster, so that it writes the report; empty if that is not known
     */
    public record Pulled(Transition killed, Optional<Boolean> led) {}

    /**
     * Orders all workers to stop, and waits until Redis has taken the order.
     *
     * @param redisUrl as for {@link Cluster#connect}
     * @param by who orders it, in one line
     * @throws ClusterException if Redis does not take it
     */
    public static Pulled pull(String redisUrl, String cluster, String by) {
        Names.cluster(cluster);
        // What the short way cannot do, or say what is wrong with, the driver can. Where the order was taken and its
        // answer lost, it comes twice: while its run lasts that is the same order. Has the run ended of it by then,
        // the second finds none and says so; one that began in those 2 s is killed as well.
        return pullDirectly(redisUrl, cluster, by).orElseGet(() -> pullByDriver(redisUrl, cluster, by));
    }

    private static Optional<Pulled> pullDirectly(String redisUrl, String cluster, String by) {
        Keys keys = new Keys(cluster);
        Optional<DirectLine> direct;
        try {
            direct = DirectLine.to(redisUrl);
        } catch (IOException e) {
            fellShort("The order to kill goes by the driver", e);
            return Optional.empty();
        }
        if (direct.isEmpty()) {
            return Optional.empty();
        }
        try (DirectLine line = direct.get()) {
            Transition killed = line.eval(Script.HALT, Halts.keys(keys), Halts.args(keys, Halt.Kind.KILL, by))
                    .transition();
            return Optional.of(new Pulled(killed, led(line, keys)));
        } catch (IOException | RuntimeException e) {
            // Also where what answers is no Redis, and says what no script does.
            fellShort("The order to kill goes by the driver", e);
            return Optional.empty();
        }
    }

    /** The order was given, whatever becomes of this. */
    private static Optional<Boolean> led(DirectLine line, Keys keys) {
        try {
            return Optional.of(Long.valueOf(1).equals(line.ask("EXISTS", keys.leader())));
        } catch (IOException e) {
            fellShort("Whether somebody leads is not known", e);
            return Optional.empty();
        }
    }

    private static void fellShort(String what, Exception e) {
        // The log is asked for only here: to set one up takes longer than the order.
        LoggerFactory.getLogger(KillSwitch.class).debug("{}: {}", what, e.toString());
    }

    private static Pulled pullByDriver(String redisUrl, String cluster, String by) {
        try (Cluster joined = Cluster.connect(redisUrl, cluster)) {
            return new Pulled(joined.halts().order(Halt.Kind.KILL, by), led(joined));
        }
    }

    private static Optional<Boolean> led(Cluster cluster) {
        try {
            return Optional.of(cluster.leader().current().isPresent());
        } catch (ClusterException e) {
            return Optional.empty();
        }
    }
}
