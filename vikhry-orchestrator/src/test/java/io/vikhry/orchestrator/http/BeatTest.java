package io.vikhry.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class BeatTest {
    private static final long START = 1_700_000_000_000L;
    private static final long NOBODY = Long.MAX_VALUE;

    @Test
    void aTickFollowsWhenAllHaveToldOfTheSecondThatHasJustEnded() {
        // Each second is complete 130 ms after its end.
        List<Long> ticks = ticks(START, 5_000, now -> second(now - 130));

        assertThat(ticks).hasSize(5).allSatisfy(tick -> assertThat(tick % 1000).isBetween(130L, 150L));
    }

    @Test
    void whoDoesNotTellIsWaitedForButNotForLong() {
        List<Long> ticks = ticks(START, 5_000, now -> START - 60_000);

        assertThat(ticks).hasSize(5).allSatisfy(tick -> assertThat(tick % 1000).isEqualTo(Beat.LATEST_MILLIS));
    }

    @Test
    void thereIsATickEachSecondWhileNobodyIsAwaited() {
        assertThat(ticks(START, 60_000, now -> NOBODY)).hasSize(60);
    }

    @Test
    void aSecondThatWasSleptThroughIsNotMadeUpFor() {
        Beat beat = new Beat(START + 500);

        assertThat(beat.millisLeft(START + 4_100, NOBODY)).isZero();
        assertThat(beat.millisLeft(START + 4_110, NOBODY)).isEqualTo(890 + Beat.SOONEST_MILLIS);
    }

    @Test
    void aClockThatIsSetBackDoesNotSilenceIt() {
        Beat beat = new Beat(START);

        assertThat(ticks(beat, START - 3_600_000, 5_000, now -> NOBODY)).hasSizeBetween(5, 6);
    }

    /** The end of the newest second that is over by then. */
    private static long second(long millis) {
        return Math.floorDiv(millis, 1000L) * 1000;
    }

    private static List<Long> ticks(long from, long millis, LongUnaryOperator completeUntil) {
        return ticks(new Beat(from), from, millis, completeUntil);
    }

    /** Until as many seconds have ended, and one tick can have followed each. */
    private static List<Long> ticks(Beat beat, long from, long millis, LongUnaryOperator completeUntil) {
        List<Long> ticks = new ArrayList<>();
        long now = from;
        while (now < from + millis + 1000) {
            long left = beat.millisLeft(now, completeUntil.applyAsLong(now));
            assertThat(left).isBetween(0L, 1000 + Beat.SOONEST_MILLIS);
            if (left == 0) {
                ticks.add(now);
            }
            now += left;
        }
        return ticks;
    }
}
