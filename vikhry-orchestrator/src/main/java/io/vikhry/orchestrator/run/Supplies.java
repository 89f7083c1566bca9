package io.vikhry.orchestrator.run;

import io.vikhry.cluster.PoolCounts;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The pools of a run: how they were when it first saw them, how they are now, and how many items each should have. The
 * conductor's thread changes it; any thread may read.
 */
final class Supplies {
    private volatile List<PoolCounts> before = List.of();
    private volatile List<PoolCounts> now = List.of();
    private int grownTo;

    /** Takes over how the pools were before the run, from the leader before. */
    void take(List<PoolCounts> seenFirst) {
        before = seenFirst;
    }

    /** Sees the pools as they are now. */
    void see(List<PoolCounts> pools) {
        if (before.isEmpty()) {
            before = pools;
        }
        now = pools;
    }

    /** The pools as they were when the run first saw them. */
    List<PoolCounts> before() {
        return before;
    }

    /** The pools as they were seen last, with what was granted and reclaimed since they were seen first. */
    List<PoolCounts> now() {
        Map<String, PoolCounts> first = before.stream().collect(Collectors.toMap(PoolCounts::pool, pool -> pool));
        return now.stream().map(pool -> pool.since(first.get(pool.pool()))).toList();
    }

    /** How many items each pool should have: one for each user that there is or is to be. */
    int wanted(int targetUsers) {
        return Math.max(targetUsers, grownTo);
    }

    /** Whether there are more users than items were wanted; if so, more are from now on, for {@code most} users at most. */
    boolean growTo(int users, int targetUsers, int most) {
        if (users <= wanted(targetUsers)) {
            return false;
        }
        // Users that wait for an item are among them, and more may come before the next look.
        grownTo = (int) Math.min(most, users + (long) users / 4 + 1);
        return true;
    }
}
