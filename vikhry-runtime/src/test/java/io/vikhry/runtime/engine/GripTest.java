package io.vikhry.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the watchdog makes of its looks at a loop. */
class GripTest {
    private static final Runnable ONE = () -> {};
    private static final Runnable OTHER = () -> {};

    private final Grip grip = new Grip();

    private boolean look(Runnable mounted, long continuations) {
        return look(mounted, continuations, true);
    }

    private boolean look(Runnable mounted, long continuations, boolean punctual) {
        grip.look(mounted, continuations, punctual);
        boolean found = grip.isToBeTold();
        if (found) {
            grip.tell();
        }
        return found;
    }

    @Test
    void aHoldIsToldAtTheThirdLookAndNotAgain() {
        assertThat(look(ONE, 7)).isFalse();
        assertThat(look(ONE, 7)).isFalse();
        assertThat(look(ONE, 7)).isTrue();
        for (int i = 0; i < 100; i++) {
            assertThat(look(ONE, 7)).isFalse();
        }
        assertThat(grip.looks()).isEqualTo(102);
    }

    @Test
    void eachOfTwoHoldsInTurnIsTold() {
        int told = 0;
        for (int turn = 0; turn < 10; turn++) {
            for (int i = 0; i < 3; i++) {
                told += look(turn % 2 == 0 ? ONE : OTHER, turn) ? 1 : 0;
            }
        }
        assertThat(told).isEqualTo(10);
    }

    @Test
    void theSameUserResumedAnewHoldsAnew() {
        look(ONE, 7);
        look(ONE, 7);
        assertThat(look(ONE, 8)).isFalse();
        assertThat(look(ONE, 8)).isFalse();
        assertThat(look(ONE, 8)).isTrue();
    }

    @Test
    void whoComputesForLessOverAndOverIsToldAtTheFifthTime() {
        int told = 0;
        for (int turn = 1; turn <= 5; turn++) {
            assertThat(told).as("before turn %s", turn).isZero();
            look(turn % 2 == 0 ? ONE : OTHER, turn);
            told += look(turn % 2 == 0 ? ONE : OTHER, turn) ? 1 : 0;
        }
        assertThat(told).isEqualTo(1);
        assertThat(look(ONE, 5)).as("the same hold").isFalse();
    }

    @Test
    void shortHoldsThatAreRareAreNotTold() {
        for (int turn = 0; turn < 100; turn++) {
            assertThat(look(ONE, turn)).isFalse();
            assertThat(look(ONE, turn)).isFalse();
            for (int i = 0; i < 5; i++) {
                assertThat(look(null, turn)).isFalse();
            }
        }
    }

    /** As of a container that gets its CPU in portions. */
    @Test
    void shortHoldsAreNotCountedWhereTheLooksThemselvesComeLate() {
        for (int turn = 0; turn < 100; turn++) {
            assertThat(look(ONE, turn, false)).isFalse();
            assertThat(look(ONE, turn, false)).isFalse();
        }
    }

    @Test
    void timeInWhichTheProcessStoodStillDoesNotCountAndMakesNoHoldANewOne() {
        look(ONE, 7);
        look(ONE, 7);
        grip.forget();
        assertThat(look(ONE, 7)).isFalse();
        assertThat(look(ONE, 7)).isTrue();
        grip.forget();
        for (int i = 0; i < 10; i++) {
            assertThat(look(ONE, 7)).isFalse();
        }
    }

    @Test
    void whatCouldNotBeToldIsAtTheNextLook() {
        look(ONE, 7);
        look(ONE, 7);
        assertThat(look(ONE, 7)).isTrue();
        grip.untell();
        assertThat(look(ONE, 7)).isTrue();
    }

    @Test
    void aLoopThatIsIdleIsNotHeld() {
        for (int i = 0; i < 10; i++) {
            assertThat(look(null, 7)).isFalse();
            assertThat(grip.looks()).isZero();
        }
    }
}
