package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StartQueueTest {
    private static final long MS = 1_000_000;

    private final StartQueue queue = new StartQueue(1000 * MS);

    @Test
    void manyAreSpreadEvenlyOverTheWindow() {
        queue.add(IntStream.range(0, 500).boxed().toList(), 70 * MS);

        for (int i = 0; i < 500; i++) {
            long time = (70 + 2L * i) * MS;
            assertThat(queue.poll(time - 1)).as("before its time").isEqualTo(-1);
            assertThat(queue.nanosToNext(time - 1)).isEqualTo(1);
            assertThat(queue.poll(time)).isEqualTo(i);
        }
        assertThat(queue.nanosToNext(0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void veryManyAreGivenTimeWhileNothingIsCompiled() {
        queue.add(IntStream.range(0, 100_000).boxed().toList(), 0);
        assertThat(lastStart()).isBetween(3_999 * MS, 4_000 * MS);

        queue.add(IntStream.range(0, 100_000).boxed().toList(), 0);
        assertThat(lastStart()).as("those who come later").isBetween(999 * MS, 1_000 * MS);
    }

    /** When the last user in the queue starts; takes all out. */
    private long lastStart() {
        long now = 0;
        for (long wait = queue.nanosToNext(now); wait != Long.MAX_VALUE; wait = queue.nanosToNext(now)) {
            now += wait;
            assertThat(queue.poll(now)).isNotNegative();
        }
        return now;
    }

    @Test
    void fewStartSoonAndOneAtOnce() {
        queue.add(List.of(4, 5, 6), 0);

        assertThat(queue.poll(0)).isEqualTo(4);
        assertThat(queue.poll(10 * MS)).isEqualTo(5);
        assertThat(queue.poll(20 * MS)).isEqualTo(6);
    }

    @Test
    void whoIsInItIsNotAddedTwiceAndMayBeTakenOut() {
        queue.add(List.of(1, 2), 0);
        queue.add(List.of(2), 0);
        queue.remove(1);
        queue.remove(9);

        assertThat(queue.contains(1)).isFalse();
        assertThat(queue.users()).containsExactly(2);
        assertThat(queue.poll(1000 * MS)).isEqualTo(2);
        assertThat(queue.poll(1000 * MS)).isEqualTo(-1);
    }
}
