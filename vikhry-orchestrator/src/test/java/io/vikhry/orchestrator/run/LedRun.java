package io.vikhry.orchestrator.run;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.LeaderLease;
import io.vikhry.cluster.LoadStage;
import io.vikhry.cluster.RunPlan;
import io.vikhry.redis.RedisFixture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An empty Redis with a cluster that a test leads, and a run of five users that has begun in it; anew for each test. */
final class LedRun implements BeforeEachCallback, AfterEachCallback {
    final RunPlan plan = new RunPlan(
            "run-1", 1, "ab".repeat(32), "ShopVU", Map.of(), RunPlan.LoadModel.USERS, 1, Map.of("users", 5));
    Cluster cluster;
    LeaderLease leader;

    private final RedisFixture redis;
    private final String name;
    private final List<RunFolder> folders = new ArrayList<>();

    LedRun(RedisFixture redis, String name) {
        this.redis = redis;
        this.name = name;
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        redis.flush();
        cluster = Cluster.connect(redis.url(), name);
        leader = cluster.leader().acquire("test").orElseThrow();
        cluster.lifecycle().begin(leader, plan);
    }

    @Override
    public void afterEach(ExtensionContext test) {
        folders.forEach(RunFolder::close);
        cluster.close();
    }

    /** The run as its leader has it, kept in {@code home}, with its load since {@code sinceMillis} ago. */
    Run run(Path home, long sinceMillis) {
        long now = cluster.clock().nowMillis();
        RunHead head = new RunHead(plan, "ShopVU", "ShopVU.java", 5, 0, null, now - sinceMillis);
        Run run = closeAtEnd(new Run(head, new RunStore(home).create(head)));
        run.begin(now - sinceMillis, List.of(new LoadStage(0, 5, 0)));
        return run;
    }

    /** The same, with the work dealt out and noted, as its leader leaves it behind. */
    Run leftBehind(Path home, long sinceMillis) {
        Run run = run(home, sinceMillis);
        run.deal.version = 1;
        cluster.plans().note(leader, run.id(), Json.bytes(run.course()));
        return run;
    }

    /** Loses all that Redis knows, and leads what is left. */
    void lose() {
        redis.flush();
        leader = cluster.leader().acquire("next").orElseThrow();
    }

    /** That run, to be closed when the test is over. */
    Run closeAtEnd(Run run) {
        folders.add(run.folder);
        return run;
    }

    /** The name of what Redis holds of the run. */
    String key(String part) {
        return "vikhry:{" + name + "}:run:run-1:" + part;
    }

    /** Does what nobody of the cluster would do to Redis. */
    void spoil(Consumer<RedisCommands<String, String>> deed) {
        try (RedisClient raw = RedisClient.create(redis.url());
                var connection = raw.connect()) {
            deed.accept(connection.sync());
        }
    }
}
