package io.vikhry.cluster;

import io.lettuce.core.KeyValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The scenario announced to the cluster: workers load it as soon as they see it. */
public final class Scenario {
    private final Redis redis;
    private final Keys keys;

    Scenario(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    /** The announced scenario. */
    public Optional<ScenarioRef> current() {
        List<KeyValue<String, byte[]>> fields = redis.call(r -> r.hmget(keys.scenario(), "digest", "class", "source"));
        if (!fields.stream().allMatch(KeyValue::hasValue)) {
            return Optional.empty();
        }
        return Optional.of(new ScenarioRef(text(fields.get(0)), text(fields.get(1)), text(fields.get(2))));
    }

    /**
     * Announces a scenario whose bundle is stored already. Tell the workers with {@link Commands#lookAgain}.
     *
     * @return false if {@code leader} does not lead any more
     */
    public boolean announce(LeaderLease leader, ScenarioRef scenario) {
        return redis.eval(
                        Script.ANNOUNCE,
                        new String[] {keys.scenario(), keys.leader()},
                        leader.token(),
                        Names.digest(scenario.digest()),
                        scenario.className(),
                        scenario.source())
                .yes(0);
    }

    private static String text(KeyValue<String, byte[]> field) {
        return new String(field.getValue(), StandardCharsets.UTF_8);
    }
}
