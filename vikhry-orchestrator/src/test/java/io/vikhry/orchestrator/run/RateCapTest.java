package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateCapTest {
    private static final RateCap.Witness EVERYONE = (id, version) -> true;
    private static final RateCap.Witness NOBODY = (id, version) -> false;

    @Test
    void theSharesAddUpToTheLimitAndFollowTheUsers() {
        assertThat(RateCap.deal(100, Map.of("a", 30, "b", 10, "c", 0))).isEqualTo(Map.of("a", 74, "b", 25, "c", 1));
        assertThat(RateCap.deal(10, Map.of("a", 1, "b", 1, "c", 1))).isEqualTo(Map.of("a", 4, "b", 3, "c", 3));
        assertThat(RateCap.deal(3, Map.of("a", 999, "b", 1, "c", 1))).isEqualTo(Map.of("a", 1, "b", 1, "c", 1));
        assertThat(RateCap.deal(1, Map.of("a", 1, "b", 9))).isEqualTo(Map.of("a", 0, "b", 1));
        assertThat(RateCap.deal(7, Map.of("a", 0, "b", 0))).isEqualTo(Map.of("a", 4, "b", 3));
    }

    @Test
    void whatAWorkerHasLessIsGivenOnASecondAfterItHasLetGo() {
        RateCap cap = new RateCap(90);
        assertThat(cap.settle(Map.of("a", 1), NOBODY, 0, 0)).isTrue();
        assertThat(cap.of("a")).isEqualTo(90);

        assertThat(cap.settle(Map.of("a", 1, "b", 2), NOBODY, 1, 5_000)).isTrue();
        assertThat(cap.of("a")).isEqualTo(30);
        assertThat(cap.of("b")).isZero();
        assertThat(cap.settle(Map.of("a", 1, "b", 2), NOBODY, 2, 60_000)).isFalse();
        assertThat(cap.settle(Map.of("a", 1, "b", 2), EVERYONE, 2, 70_000)).isFalse();
        assertThat(cap.settle(Map.of("a", 1, "b", 2), EVERYONE, 2, 70_999)).isFalse();
        assertThat(cap.settle(Map.of("a", 1, "b", 2), EVERYONE, 2, 71_000)).isTrue();
        assertThat(cap.of("b")).isEqualTo(60);
    }

    @Test
    void aWorkerThatIsGoneLeavesItsShareToTheOthers() {
        RateCap cap = new RateCap(90);
        cap.take(Map.of("a", 45, "b", 45));
        assertThat(cap.settle(Map.of("a", 1), EVERYONE, 1, 1_000)).isTrue();
        assertThat(cap.of("a")).isEqualTo(45);
        assertThat(cap.of("b")).isZero();
        cap.settle(Map.of("a", 1), EVERYONE, 2, 1_100);
        assertThat(cap.settle(Map.of("a", 1), EVERYONE, 2, 2_100)).isTrue();
        assertThat(cap.of("a")).isEqualTo(90);
    }

    /** Workers follow late and in any order: what each may believe to have never adds up to more than the limit. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverComesAndGoesTheSharesNeverAddUpToMore(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int limit = 5 + random.nextInt(500);
        RateCap cap = new RateCap(limit);
        Map<String, Integer> users = new HashMap<>(Map.of("a", 10));
        Map<Long, Map<String, Integer>> assignments = new HashMap<>();
        Map<String, Long> applied = new HashMap<>();
        long version = 0;
        assignments.put(0L, Map.of());
        for (int step = 0; step < 2_000; step++) {
            String who = String.valueOf((char) ('a' + random.nextInt(5)));
            switch (random.nextInt(8)) {
                case 0 -> users.merge(who, 1 + random.nextInt(20), Integer::sum);
                case 1 -> {
                    if (users.size() > 1) {
                        users.remove(who);
                    }
                }
                default -> applied.merge(who, random.nextLong(version + 1), Math::max);
            }
            RateCap.Witness told = (id, asked) -> applied.getOrDefault(id, 0L) >= asked;
            if (cap.settle(users, told, version, step * 100L)) {
                version++;
                Map<String, Integer> shares = new HashMap<>();
                users.keySet().forEach(id -> shares.put(id, cap.of(id)));
                assignments.put(version, shares);
            }
            int sum = 0;
            Set<String> all = new HashSet<>(users.keySet());
            all.addAll(applied.keySet());
            for (String id : all) {
                sum += assignments.get(applied.getOrDefault(id, 0L)).getOrDefault(id, 0);
            }
            assertThat(sum).as("step %d", step).isLessThanOrEqualTo(limit);
        }
    }
}
