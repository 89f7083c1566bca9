package io.vikhry.worker;

import io.vikhry.runtime.vu.ArrivalCounts;
import io.vikhry.runtime.vu.VuExecutor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The crews of a run, one after another: the one at work, and what those before it came to.
 *
 * <p>One thread changes it, any thread reads. Both parts stand behind one reference, so whoever counts while a crew makes way for
 * the next finds its users in one of the two, never in both or in neither.
 */
final class Crews<C> {
    private final Function<C, Counts> counting;
    private volatile Roll<C> roll = new Roll<>(null, Counts.NONE);

    private record Roll<C>(@Nullable C present, Counts before) {}

    /**
     * What users came to so far.
     *
     * @param started users that began
     * @param failed of these, that ended by an exception before their first step
     * @param quit of these, that the scenario itself ended
     * @param arrivals of the open model
     */
    record Counts(long started, long failed, long quit, ArrivalCounts arrivals) {
        static final Counts NONE = new Counts(0, 0, 0, ArrivalCounts.NONE);

        static Counts of(VuExecutor users) {
            return new Counts(users.startedVus(), users.failedVus(), users.quitVus(), users.arrivals());
        }

        Counts plus(Counts other) {
            return new Counts(
                    started + other.started, failed + other.failed, quit + other.quit, arrivals.plus(other.arrivals));
        }
    }

    /** Nobody is at work; {@code counting} says what a crew has come to. */
    Crews(Function<C, Counts> counting) {
        this.counting = counting;
    }

    /** The crew at work, or {@code null}. */
    @Nullable C present() {
        return roll.present;
    }

    /** Puts a crew to work; the one before has retired. */
    void begin(C fresh) {
        roll = new Roll<>(fresh, roll.before);
    }

    /** The crew at work has ended: what it came to is kept. */
    void retire() {
        roll = new Roll<>(null, counts());
    }

    /** What all of them came to. */
    Counts counts() {
        Roll<C> now = roll;
        C present = now.present;
        return present == null ? now.before : now.before.plus(counting.apply(present));
    }
}
