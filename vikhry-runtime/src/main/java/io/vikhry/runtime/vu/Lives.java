package io.vikhry.runtime.vu;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lives that go on, by user, in a table for each loop. Any thread may call; what changes meanwhile is seen or not.
 *
 * <p>A collector that moves objects goes from table to table, so users of one loop come to lie together, and what one loop writes is
 * not in the line of the CPU's cache that another reads.
 */
final class Lives {
    private final List<Map<Integer, VuLife>> byLoop;

    Lives(int loops) {
        this.byLoop = Stream.generate(() -> (Map<Integer, VuLife>) new ConcurrentHashMap<Integer, VuLife>())
                .limit(loops)
                .toList();
    }

    /** The index of the loop with the fewest lives; of several, the first. */
    int fewest() {
        int fewest = 0;
        for (int i = 1; i < byLoop.size(); i++) {
            fewest = byLoop.get(i).size() < byLoop.get(fewest).size() ? i : fewest;
        }
        return fewest;
    }

    void add(VuLife life) {
        byLoop.get(life.loop().index()).put(life.id(), life);
    }

    void remove(VuLife life) {
        byLoop.get(life.loop().index()).remove(life.id(), life);
    }

    /** The life of user {@code id}, or {@code null}. */
    @Nullable VuLife of(int id) {
        for (Map<Integer, VuLife> lives : byLoop) {
            VuLife life = lives.get(id);
            if (life != null) {
                return life;
            }
        }
        return null;
    }

    boolean isEmpty() {
        return byLoop.stream().allMatch(Map::isEmpty);
    }

    void each(Consumer<VuLife> action) {
        byLoop.forEach(lives -> lives.values().forEach(action));
    }

    Stream<VuLife> stream() {
        return byLoop.stream().flatMap(lives -> lives.values().stream());
    }
}
