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
    void aFixedPaceBeginsThatPartOfItsPeriodAfterTheUserCame() {
        StepClock clock = clock("@Step(every = \"100ms\") void a() {}").spread(0.5);

        assertThat(clock.choose(7 * MS)).as("half a period later").isEqualTo(StepClock.NONE);
        assertThat(clock.nanosToNext(7 * MS)).isEqualTo(50 * MS);
        assertThat(clock.choose(67 * MS)).isZero();
        assertThat(clock.start(0, 67 * MS)).isEqualTo(10 * MS);
        assertThat(clock.nanosToNext(67 * MS)).isEqualTo(90 * MS);
    }

    @Test
    void theFirstUserBeginsAtOnce() {
        StepClock clock = clock("@Step(every = \"1h\") void a() {}").spread(StepClock.phase(0));

        assertThat(clock.choose(7 * MS)).isZero();
        assertThat(clock.start(0, 7 * MS)).isZero();
    }

    /**
     * Otherwise a loop that is half busy over all would be fully so in a part of each period, and late there. Users come all
     * at once, or evenly over one period or a part of it. (Any even sequence meets some loops and some time to come that it
     * fits badly: this one 96 loops and half a period.)
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 6, 7, 8, 16, 32, 64, 128})
    void theUsersOfEachLoopAreSpreadEvenlyOverThePeriod(int loops) {
        int each = 200;
        for (double comeOver : new double[] {0, 0.1, 0.5, 1}) {
            for (int loop = 0; loop < loops; loop++) {
                int[] tenths = new int[10];
                for (int id = loop; id < loops * each; id += loops) {
                    double came = comeOver * id / (loops * each);
                    tenths[(int) (10 * ((came + StepClock.phase(id)) % 1))]++;
                }
                String what = "loop " + loop + " of " + loops + ", over " + comeOver + ": " + Arrays.toString(tenths);
                assertThat(Arrays.stream(tenths).min().orElseThrow()).as(what).isGreaterThanOrEqualTo(each / 20);
                assertThat(Arrays.stream(tenths).max().orElseThrow()).as(what).isLessThanOrEqualTo(each * 3 / 20);
            }
        }
    }

    @Test
    void aStepThatOthersRequireBeginsAtOnceAndThoseAreSpreadFromThenOn() {
        StepClock clock = clock("""
                        @Step(every = "100ms") void login() {}
                        @Step(requires = "login", every = "100ms") void buy() {}
                        """).spread(0.6);

        assertThat(clock.choose(0)).isZero();
        clock.start(0, 0);
        clock.succeed(0);
        assertThat(clock.choose(10 * MS)).isEqualTo(StepClock.NONE);
        assertThat(clock.choose(69 * MS)).isEqualTo(StepClock.NONE);
        assertThat(clock.choose(70 * MS)).isEqualTo(1);
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
