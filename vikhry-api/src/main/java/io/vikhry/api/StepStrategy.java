package io.vikhry.api;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Chooses which of a user's ready steps starts next. A step is ready when what it {@linkplain Step#requires requires} has
 * succeeded, its next intended start has come, and it does not run already: no step ever runs beside itself.
 *
 * <p>One user's strategy is asked on that user's own thread only, so it may keep state in fields without synchronisation. What
 * it throws ends the user and is counted under {@code strategy}.
 *
 * <pre>{@code
 * @Override public StepStrategy strategy() {
 *   return (ready, random) -> ready.stream().max(Comparator.comparing(ReadyStep::lateness));
 * }
 * }</pre>
 */
@FunctionalInterface
public interface StepStrategy {
    /**
     * The step to start now, one of {@code ready}; or empty to wait. After "wait" it is asked again as soon as another step is
     * ready or a running one has ended, and no later than 100 ms after.
     *
     * @param ready at least one, in the order of the scenario's methods; unmodifiable, and valid during the call only
     * @param random the user's own numbers for this purpose, seeded: the same run repeats the same choices
     */
    Optional<ReadyStep> choose(List<ReadyStep> ready, RandomGenerator random);

    /**
     * Whether the user's steps may run at the same time, each on a child thread of the user. If not, it is asked only when no
     * step runs; if so, it is asked again at once after each choice, until nothing is ready or it says "wait".
     */
    default boolean parallel() {
        return false;
    }
}
