package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeatingTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8, 64})
    void loopsHaveAboutAsManyUsersAndNeighboursMostlyTheSame(int loops) {
        AtomicIntegerArray lives = new AtomicIntegerArray(loops);
        Seating seating = new Seating(lives);
        int apart = 0;
        int before = 0;
        int users = 1_000 * loops;
        for (int user = 0; user < users; user++) {
            int loop = seating.next();
            lives.incrementAndGet(loop);
            apart += loop == before ? 0 : 1;
            before = loop;
            assertThat(most(lives) - least(lives))
                    .as("after %s users", user + 1)
                    .isLessThanOrEqualTo(1 + user / 32 / loops);
        }
        assertThat(apart).as("neighbours on unlike loops").isLessThan(users / 5);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8})
    void fewUsersAreOnAllLoops(int loops) {
        AtomicIntegerArray lives = new AtomicIntegerArray(loops);
        Seating seating = new Seating(lives);
        for (int user = 0; user < loops; user++) {
            lives.incrementAndGet(seating.next());
        }
        assertThat(least(lives)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 8})
    void whoComesAfterOthersHaveLeftEvensItOut(int loops) {
        AtomicIntegerArray lives = new AtomicIntegerArray(loops);
        Seating seating = new Seating(lives);
        lives.set(loops - 1, 500);
        for (int user = 0; user < 500 * (loops - 1); user++) {
            lives.incrementAndGet(seating.next());
        }
        assertThat(most(lives) - least(lives)).isLessThanOrEqualTo(1 + 500 / 32);
    }

    private static int most(AtomicIntegerArray lives) {
        return IntStream.range(0, lives.length()).map(lives::get).max().orElseThrow();
    }

    private static int least(AtomicIntegerArray lives) {
        return IntStream.range(0, lives.length()).map(lives::get).min().orElseThrow();
    }
}
