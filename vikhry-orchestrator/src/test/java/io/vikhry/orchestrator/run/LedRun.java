package io.vikhry.orchestrator.run;

import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.LeaderLease;
import io.vikhry.cluster.LoadStage;
import io.vikhry.cluster.RunPlan;
import io.vikhry.redis.RedisFixture;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** An empty Redis with a cluster that a test leads, and a run of five users that has begun in it. */
final class LedRun implements AutoCloseable {
    final Cluster cluster;
    final LeaderLease leader;
    final RunPlan plan = new RunPlan(
            "run-1", 1, "ab".repeat(32), "ShopVU", Map.of(), RunPlan.LoadModel.USERS, 1, Map.of("users", 5));

    LedRun(RedisFixture redis, String name) {
        redis.flush();
        cluster = Cluster.connect(redis.url(), name);
        leader = cluster.leader().acquire("test").orElseThrow();
        cluster.lifecycle().begin(leader, plan);
    }

    /** The run as its leader has it, kept in {@code home}, with its load since {@code sinceMillis} ago. */
    Run run(Path home, long sinceMillis) {
        long now = cluster.clock().nowMillis();
        RunHead head = new RunHead(plan, "ShopVU", "ShopVU.java", 5, 0, null, now - sinceMillis);
        Run run = new Run(head, new RunStore(home).create(head));
        run.begin(now - sinceMillis, List.of(new LoadStage(0, 5, 0)));
        return run;
    }

    @Override
    public void close() {
        cluster.close();
    }
}
