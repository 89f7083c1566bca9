package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.Sources;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepClockTest {
    private static final long MS = 1_000_000;

    @TempDir
    Path dir;

    @Test
    void readyStepsAreChosenInProportionToTheirWeight() {
        StepClock clock = clock("@Step void a() {} @Step(weight = 3) void b() {} @Step(weight = 0.5) void c() {}");
        int[] chosen = new int[3];
        for (int i = 0; i < 90_000; i++) {
            chosen[clock.choose(0)]++;
        }

        assertThat(chosen[0]).isCloseTo(20_000, within(800));
        assertThat(chosen[1]).isCloseTo(60_000, within(800));
        assertThat(chosen[2]).isCloseTo(10_000, within(800));
    }

    @Test
    void aStepWaitsForWhatItRequiresToSucceedOnce() {
        StepClock clock = clock("@Step(every = \"1s\") void login() {} @Step(requires = \"login\") void buy() {}");

        assertThat(clock.choose(0)).isZero();
        clock.start(0, 0);
        assertThat(clock.choose(1)).isEqualTo(StepClock.NONE);
        clock.succeed(0);
        assertThat(clock.choose(1)).isEqualTo(1);
    }

    @Test
    void aPacedStepKeepsItsIntendedTimesAndDropsNoStart() {
        StepClock clock = clock("@Step(every = \"100ms\") void a() {}");

        assertThat(clock.choose(7 * MS)).isZero();
        assertThat(clock.start(0, 7 * MS)).as("the first start sets the pace").isZero();
        assertThat(clock.choose(106 * MS)).isEqualTo(StepClock.NONE);
        assertThat(clock.nanosToNext(106 * MS)).isEqualTo(MS);
        assertThat(clock.choose(107 * MS)).isZero();
        assertThat(clock.start(0, 407 * MS)).as("300 ms late").isEqualTo(300 * MS);
        assertThat(clock.choose(408 * MS)).isZero();
        assertThat(clock.start(0, 408 * MS)).isEqualTo(201 * MS);
        assertThat(clock.start(0, 409 * MS)).isEqualTo(102 * MS);
        assertThat(clock.start(0, 410 * MS)).isEqualTo(3 * MS);
        assertThat(clock.choose(411 * MS)).as("caught up").isEqualTo(StepClock.NONE);
        assertThat(clock.nanosToNext(411 * MS)).isEqualTo(96 * MS);
    }

    @Test
    void aFixedPaceBeginsAtTheUsersPlaceInThePeriodThatAllCountFromTheFirst() {
        LoadedScenario scenario = Sources.load(dir, "ShopVU", "@Step(every = \"100ms\") void a() {}");
        Downbeats downbeats = new Downbeats(1);
        assertThat(begin(scenario, 0, downbeats, 7 * MS)).as("user 0, at once").isEqualTo(7 * MS);

        long place = (long) (100 * MS * Downbeats.phase(3));
        assertThat(place).isBetween(80 * MS, 90 * MS);
        assertThat(begin(scenario, 3, downbeats, 7 * MS)).isEqualTo(7 * MS + place);
        assertThat(begin(scenario, 3, downbeats, 87 * MS)).isEqualTo(7 * MS + place);
        assertThat(begin(scenario, 3, downbeats, 97 * MS)).as("past its place").isEqualTo(107 * MS + place);
        assertThat(begin(scenario, 3, downbeats, 6 * MS))
                .as("an instant before user 0")
                .isEqualTo(7 * MS + place);

        StepClock clock = new StepClock(scenario.steps(), new SplittableRandom(1)).spread(3, downbeats);
        assertThat(clock.choose(7 * MS)).isEqualTo(StepClock.NONE);
        assertThat(clock.choose(7 * MS + place)).isZero();
        assertThat(clock.start(0, 17 * MS + place)).isEqualTo(10 * MS);
        assertThat(clock.nanosToNext(17 * MS + place)).isEqualTo(90 * MS);
    }

    @Test
    void userZeroBeginsAtOnceAlsoWhenItComesAgainAndNobodyWaitsLongerThanAPeriod() {
        LoadedScenario scenario = Sources.load(dir, "ShopVU", "@Step(every = \"1h\") void a() {}");
        Downbeats downbeats = new Downbeats(1);
        long hour = 3_600_000 * MS;
        assertThat(begin(scenario, 12, downbeats, -5 * MS))
                .as("a worker without user 0")
                .isBetween(-5 * MS, hour);
        for (long now : new long[] {7 * MS, 77 * MS, 5 * hour + 1}) {
            assertThat(begin(scenario, 0, downbeats, now)).isEqualTo(now);
            for (int id = 1; id < 100; id++) {
                assertThat(begin(scenario, id, downbeats, now + id)).isBetween(now + id, now + id + hour);
            }
        }
    }

    /**
     * Otherwise a loop that is half busy over all would be fully so in a part of each period, and late there. Users come all
     * at once, or one each part of a period, of which some would meet the pattern of the numbers.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 6, 7, 8, 16, 32, 64, 96, 128})
    void theUsersOfEachLoopAreSpreadEvenlyOverThePeriodHoweverTheyCome(int loops) {
        LoadedScenario scenario = Sources.load(dir, "ShopVU", "@Step(every = \"20s\") void a() {}");
        long period = 20_000 * MS;
        int each = 200;
        for (long apart :
                new long[] {0, period / 10 / each, period / 2 / each, period / each, period / 20, period * 2 / 3}) {
            Downbeats downbeats = new Downbeats(1);
            int[][] tenths = new int[loops][10];
            for (int id = 0; id < loops * each; id++) {
                long begin = begin(scenario, id, downbeats, 3 * MS + id * (apart / loops));
                tenths[id % loops][(int) (Math.floorMod(begin, period) / (period / 10))]++;
            }
            for (int loop = 0; loop < loops; loop++) {
                String what = "loop " + loop + " of " + loops + ", one each " + apart + " ns: "
                        + Arrays.toString(tenths[loop]);
                assertThat(Arrays.stream(tenths[loop]).min().orElseThrow())
                        .as(what)
                        .isGreaterThanOrEqualTo(each / 20);
                assertThat(Arrays.stream(tenths[loop]).max().orElseThrow())
                        .as(what)
                        .isLessThanOrEqualTo(each * 3 / 20);
            }
        }
    }

    /** When user {@code id}, who comes then, begins step 0. */
    private static long begin(LoadedScenario scenario, int id, Downbeats downbeats, long nowNanos) {
        StepClock clock = new StepClock(scenario.steps(), new SplittableRandom(1)).spread(id, downbeats);
        return clock.choose(nowNanos) == 0 ? nowNanos : nowNanos + clock.nanosToNext(nowNanos);
    }

    @Test
    void aStepThatOthersRequireBeginsAtOnceAndThoseAreSpreadFromThenOn() {
        StepClock clock = clock("""
                        @Step(every = "100ms") void login() {}
                        @Step(requires = "login", every = "100ms") void buy() {}
                        """).spread(1, new Downbeats(2));

        assertThat(clock.choose(0)).isZero();
        clock.start(0, 0);
        clock.succeed(0);
        assertThat(clock.choose(10 * MS)).isEqualTo(StepClock.NONE);
        assertThat(clock.choose(71 * MS)).isEqualTo(StepClock.NONE);
        assertThat(clock.choose(72 * MS)).as("0.618 of a period later").isEqualTo(1);
    }

    @Test
    void aStepWithoutPaceIsNeverLate() {
        StepClock clock = clock("@Step void a() {}");

        clock.start(0, 0);
        assertThat(clock.start(0, 1000 * MS)).isZero();
        assertThat(clock.choose(0)).isZero();
    }

    @Test
    void theSameSeedMakesTheSameChoices() {
        String body = "@Step void a() {} @Step(every = \"1ms..9ms\") void b() {} @Step void c() {}";
        StepClock one = clock(body);
        StepClock two = clock(body);
        for (long t = 0; t < 1000; t++) {
            int chosen = one.choose(t * MS);
            assertThat(two.choose(t * MS)).isEqualTo(chosen);
            assertThat(two.start(chosen, t * MS)).isEqualTo(one.start(chosen, t * MS));
        }
    }

    private StepClock clock(String body) {
        LoadedScenario scenario = Sources.load(dir, "ShopVU", body);
        return new StepClock(scenario.steps(), new SplittableRandom(1));
    }
}
