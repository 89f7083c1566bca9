package io.vikhry.runtime.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vikhry.runtime.load.LoadCurve.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LoadCurveTest {
    @Test
    void aRampGoesInAStraightLineFromWhereTheCurveWas() {
        LoadCurve curve =
                LoadCurve.of(List.of(new Stage(0, 10, 0), new Stage(1000, 110, 1000), new Stage(1500, 0, 600)));

        assertThat(curve.at(-1)).isZero();
        assertThat(curve.at(0)).isEqualTo(10);
        assertThat(curve.at(999)).isEqualTo(10);
        assertThat(curve.at(1250)).isEqualTo(35);
        assertThat(curve.at(1500))
                .as("the second stage is cut where the third begins")
                .isEqualTo(60);
        assertThat(curve.at(1800)).isEqualTo(30);
        assertThat(curve.at(2100)).isZero();
        assertThat(curve.at(1_000_000)).isZero();
        assertThat(curve.peakUsers()).isEqualTo(60);
    }

    @Test
    void ofTwoStagesAtTheSameTimeTheLaterRules() {
        LoadCurve curve = LoadCurve.of(List.of(new Stage(0, 10, 0), new Stage(0, 4, 0)));

        assertThat(curve.usersAt(0)).isEqualTo(4);
        assertThat(curve.nextChangeMillis(0)).isEqualTo(-1);
    }

    @Test
    void stagesThatGoBackInTimeAreRefused() {
        assertThatThrownBy(() -> LoadCurve.of(List.of(new Stage(5, 1, 0), new Stage(4, 1, 0))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Stage(0, Double.NaN, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Stage(0, -1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theNextChangeIsTheFirstMsWithAnotherNumberOfUsers() {
        SplittableRandom random = new SplittableRandom(42);
        for (int round = 0; round < 300; round++) {
            LoadCurve curve = random(random);
            long from = random.nextLong(-20, 400);
            long expected = -1;
            for (long t = from + 1; t < 1000; t++) {
                if (curve.usersAt(t) != curve.usersAt(from)) {
                    expected = t;
                    break;
                }
            }
            assertThat(curve.nextChangeMillis(from))
                    .as("%s from %d", curve.stages(), from)
                    .isEqualTo(expected);
        }
    }

    @Test
    void theInverseAgreesWithTheFunction() {
        SplittableRandom random = new SplittableRandom(43);
        for (int round = 0; round < 300; round++) {
            LoadCurve curve = random(random);
            long from = random.nextLong(400);
            int vu = random.nextInt(30);
            long wanted = -1;
            long unwanted = -1;
            for (long t = from; t < 1000; t++) {
                boolean is = vu < curve.at(t);
                wanted = wanted < 0 && is ? t : wanted;
                unwanted = unwanted < 0 && !is ? t : unwanted;
            }
            assertThat(curve.wantedFrom(vu, from))
                    .as("%s user %d from %d", curve.stages(), vu, from)
                    .isEqualTo(wanted);
            assertThat(curve.unwantedFrom(vu, from))
                    .as("%s user %d from %d", curve.stages(), vu, from)
                    .isEqualTo(unwanted);
        }
    }

    @Test
    void thePeakIsTheMostEverWanted() {
        SplittableRandom random = new SplittableRandom(44);
        for (int round = 0; round < 300; round++) {
            LoadCurve curve = random(random);
            int most = 0;
            for (long t = 0; t < 1000; t++) {
                most = Math.max(most, curve.usersAt(t));
            }
            assertThat(curve.peakUsers()).as("%s", curve.stages()).isEqualTo(most);
        }
    }

    @Test
    void sharesOfASetAddUpToTheCurve() {
        VuSet one = VuSet.of(List.of(new VuSet.Range(0, 3), new VuSet.Range(6, 9)));
        VuSet two = VuSet.of(List.of(new VuSet.Range(3, 6), new VuSet.Range(9, 20)));
        for (int bound = 0; bound <= 20; bound++) {
            assertThat(one.countBelow(bound) + two.countBelow(bound)).isEqualTo(bound);
        }
    }

    @Test
    void aSetJoinsRangesThatTouch() {
        assertThat(VuSet.of(List.of(
                        new VuSet.Range(5, 7), new VuSet.Range(0, 3), new VuSet.Range(3, 5), new VuSet.Range(9, 9))))
                .isEqualTo(VuSet.of(0, 7));
        assertThat(VuSet.of(2, 4).contains(1)).isFalse();
        assertThat(VuSet.of(2, 4).contains(2)).isTrue();
        assertThat(VuSet.of(2, 4).contains(4)).isFalse();
    }

    private static LoadCurve random(SplittableRandom random) {
        List<Stage> stages = new ArrayList<>();
        long at = 0;
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            at += random.nextLong(100);
            double target = random.nextBoolean() ? random.nextInt(30) : random.nextDouble(30);
            stages.add(new Stage(at, target, random.nextBoolean() ? 0 : random.nextLong(200)));
        }
        return LoadCurve.of(stages);
    }
}
