package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThrottleTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @ParameterizedTest(name = "{0} per second")
    @ValueSource(ints = {1, 2, 3, 7, 50, 1_000, 33_333})
    void inNoSecondMoreBeginThanTheShareHoweverTheyCome(int share) {
        Throttle throttle = new Throttle();
        throttle.share(share);
        SplittableRandom random = new SplittableRandom(share);
        List<Long> begun = new ArrayList<>();
        long now = System.nanoTime();
        long end = now + 12 * SECOND;
        while (now - end < 0) {
            long wait = throttle.take(now);
            if (wait == 0) {
                begun.add(now);
                // Now and then nobody comes for a while: that must not be made up for.
                wait = random.nextInt(4 * share) == 0 ? random.nextLong(2 * SECOND) : 0;
            } else if (random.nextInt(8) == 0) {
                // Who waits may come late, with others behind it.
                wait += random.nextLong(SECOND / share + 1);
            }
            now += Math.max(wait, 1);
        }
        assertThat(mostInASecond(begun)).isLessThanOrEqualTo(share);
        assertThat(begun.size()).as("it is not far below either").isGreaterThan(share * 3);
    }

    private static int mostInASecond(List<Long> begun) {
        int most = 0;
        int from = 0;
        for (int to = 0; to < begun.size(); to++) {
            while (begun.get(to) - begun.get(from) >= SECOND) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100})
    void aShareThatIsGivenAnewBeginsEmpty(int share) {
        Throttle throttle = new Throttle();
        assertThat(throttle.take(System.nanoTime())).isEqualTo(Throttle.LOOK_AGAIN_NANOS);
        throttle.share(share);
        assertThat(throttle.take(System.nanoTime())).isPositive();
        assertThat(throttle.take(System.nanoTime() + 2 * SECOND)).isZero();
        throttle.share(0);
        assertThat(throttle.take(System.nanoTime() + 9 * SECOND)).isPositive();
    }
}
