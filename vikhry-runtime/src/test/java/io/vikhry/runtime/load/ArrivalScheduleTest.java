package io.vikhry.runtime.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vikhry.runtime.load.ArrivalSchedule.Part;
import io.vikhry.runtime.load.LoadCurve.Stage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ArrivalScheduleTest {
    private static final long SECOND = 1_000_000_000;
    private static final Part WHOLE = Part.ALL;

    @Test
    void aConstantRateIsEvenlySpacedAndNotOneMoreOrLessThanAskedFor() {
        LoadCurve curve = LoadCurve.of(List.of(new Stage(0, 1000, 0), new Stage(40_000, 0, 0)));

        long[] due = drain(new ArrivalSchedule(curve, WHOLE, 0, random()));

        assertThat(due).hasSize(40_000);
        for (int i = 0; i < due.length; i++) {
            assertThat(due[i]).isEqualTo(i * 1_000_000L);
        }
    }

    @Test
    void partsOfARateTogetherAreExactlyTheWholeAndEachIsNearlyEven() {
        LoadCurve curve = LoadCurve.of(List.of(new Stage(0, 300, 0), new Stage(10_000, 0, 0)));
        List<Long> all = new ArrayList<>();
        double[] bounds = {0, 0.5, 0.5 + 4 / 14.0, 0.99, 1};
        for (int i = 0; i + 1 < bounds.length; i++) {
            Part part = new Part(bounds[i], bounds[i + 1], false);
            long[] due = drain(new ArrivalSchedule(curve, part, 0, random()));
            Arrays.stream(due).forEach(all::add);
            assertThat((double) due.length).isCloseTo(3000 * part.share(), within(3.0));
            for (int j = 1; j < due.length; j++) {
                assertThat(due[j] - due[j - 1]).isLessThan((long) (2.7 * SECOND / 300 / part.share()));
            }
        }
        all.sort(null);

        assertThat(all).hasSize(3000);
        for (int i = 0; i < all.size(); i++) {
            assertThat((double) all.get(i)).isCloseTo(i * SECOND / 300.0, within(2.0));
        }
    }

    @Test
    void arrivalsOnARampFollowItsIntegral() {
        LoadCurve curve = LoadCurve.of(List.of(new Stage(0, 200, 10_000), new Stage(20_000, 0, 10_000)));

        long[] due = drain(new ArrivalSchedule(curve, WHOLE, 0, random()));

        assertThat(due.length).as("1000 up, 2000 flat, 1000 down").isEqualTo(4000);
        for (int i = 0; i < due.length; i++) {
            assertThat(curve.arrivalsUntil(due[i])).isCloseTo(i, within(1e-3));
        }
        assertThat(due).isSorted();
    }

    @Test
    void poissonArrivalsHaveExponentialGapsAndFollowTheRate() {
        LoadCurve curve = LoadCurve.of(List.of(new Stage(0, 500, 0), new Stage(100_000, 0, 0)));

        long[] due = drain(new ArrivalSchedule(curve, new Part(0.5, 1, true), 0, random()));

        // 25,000 are expected, with a standard deviation of 158.
        assertThat(due.length).isCloseTo(25_000, within(700));
        double mean = (double) due[due.length - 1] / due.length;
        double squares = 0;
        int longerThanMean = 0;
        for (int i = 1; i < due.length; i++) {
            double gap = due[i] - due[i - 1];
            squares += (gap - mean) * (gap - mean);
            longerThanMean += gap > mean ? 1 : 0;
        }
        assertThat(Math.sqrt(squares / due.length) / mean).as("variation").isCloseTo(1, within(0.04));
        assertThat((double) longerThanMean / due.length).isCloseTo(Math.exp(-1), within(0.015));
        assertThat(drain(new ArrivalSchedule(curve, new Part(0.5, 1, true), 0, random())))
                .as("the same seed")
                .isEqualTo(due);
    }

    @Test
    void aRateThatGoesThroughZeroHasNoArrivalsThereAndLosesNoneAround() {
        // 10 a second down to none in 2 s, none for 3 s, up again in 2 s, for 1 s: 10 + 0 + 10 + 10.
        LoadCurve curve = LoadCurve.of(List.of(
                new Stage(0, 10, 0), new Stage(0, 0, 2_000), new Stage(5_000, 10, 2_000), new Stage(8_000, 0, 0)));

        for (boolean poisson : new boolean[] {false, true}) {
            long[] due = drain(new ArrivalSchedule(curve, new Part(0, 1, poisson), 0, random()));

            assertThat(due).isSorted();
            assertThat(Arrays.stream(due)).noneMatch(nanos -> nanos > 2_000_000_000L && nanos < 5_000_000_000L);
            assertThat(Arrays.stream(due)).allMatch(nanos -> nanos >= 0 && nanos < 8_000_000_000L);
            if (!poisson) {
                assertThat(due).hasSize(30);
            }
        }
    }

    @Test
    void poissonArrivalsAreAsManyAsAskedForWhetherSeldomOrOften() {
        // One in 10 s over 100,000 s, and 50,000 a second over 2 s: standard deviations of 100 and 316.
        LoadCurve seldom = LoadCurve.of(List.of(new Stage(0, 0.1, 0), new Stage(100_000_000, 0, 0)));
        LoadCurve often = LoadCurve.of(List.of(new Stage(0, 50_000, 0), new Stage(2_000, 0, 0)));

        assertThat(drain(new ArrivalSchedule(seldom, new Part(0, 1, true), 0, random())).length)
                .isCloseTo(10_000, within(450));
        long[] due = drain(new ArrivalSchedule(often, new Part(0, 1, true), 0, random()));
        assertThat(due.length).isCloseTo(100_000, within(1_400));
        long[] halves = {0, 0};
        for (long nanos : due) {
            halves[nanos < 1_000_000_000L ? 0 : 1]++;
        }
        assertThat(halves[0]).as("as many in each second").isCloseTo(halves[1], within(1_400L));
    }

    @Test
    void aChangeOfRateThatIsHeardLateOwesWhatWasDueMeanwhile() {
        LoadCurve slow = LoadCurve.constant(10);
        LoadCurve fast = LoadCurve.of(List.of(new Stage(0, 10, 0), new Stage(1000, 100, 0), new Stage(3000, 0, 0)));
        ArrivalSchedule schedule = new ArrivalSchedule(slow, WHOLE, 0, random());
        int released = 0;
        while (schedule.nextNanos() < 2 * SECOND) {
            schedule.advance();
            released++;
        }
        schedule.follow(fast);

        assertThat(released).isEqualTo(20);
        assertThat(schedule.nextNanos()).as("due since, and owed").isEqualTo(1_100_000_000L);
        assertThat(drain(schedule)).hasSize(210 - 20);
    }

    @Test
    void aPartTakenOverLaterBeginsWithWhatIsDueFromThenOn() {
        ArrivalSchedule schedule =
                new ArrivalSchedule(LoadCurve.constant(100), WHOLE, 10 * SECOND + 1_000_000, random());

        assertThat(schedule.nextNanos()).isEqualTo(10 * SECOND + 10_000_000);
    }

    @Test
    void nothingIsDueWithoutARate() {
        assertThat(new ArrivalSchedule(LoadCurve.ZERO, WHOLE, 0, random()).nextNanos())
                .isEqualTo(ArrivalSchedule.NEVER);
        assertThat(new ArrivalSchedule(LoadCurve.constant(0), WHOLE, 0, random()).nextNanos())
                .isEqualTo(ArrivalSchedule.NEVER);
    }

    private static SplittableRandom random() {
        return new SplittableRandom(42);
    }

    private static long[] drain(ArrivalSchedule schedule) {
        List<Long> due = new ArrayList<>();
        for (long next = schedule.nextNanos(); next != ArrivalSchedule.NEVER; next = schedule.nextNanos()) {
            due.add(next);
            schedule.advance();
        }
        return due.stream().mapToLong(Long::longValue).toArray();
    }
}
