package io.vikhry.cluster;

import io.lettuce.core.KeyValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
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

    /** Announces a scenario whose bundle is stored already. Tell the workers with {@link Commands#lookAgain}. */
    public void announce(ScenarioRef scenario) {
        Names.digest(scenario.digest());
        Map<String, byte[]> fields = Map.of(
                "digest", bytes(scenario.digest()),
                "class", bytes(scenario.className()),
                "source", bytes(scenario.source()));
        redis.call(r -> r.hset(keys.scenario(), fields));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(KeyValue<String, byte[]> field) {
        return new String(field.getValue(), StandardCharsets.UTF_8);
    }
}
