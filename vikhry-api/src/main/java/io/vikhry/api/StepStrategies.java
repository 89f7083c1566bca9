package io.vikhry.api;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The strategies that vikhry has. */
public final class StepStrategies {
    private static final StepStrategy SEQUENTIAL_WEIGHTED = StepStrategies::byWeight;
    private static final StepStrategy PARALLEL_READY = new StepStrategy() {
        @Override
        public Optional<ReadyStep> choose(List<ReadyStep> ready, RandomGenerator random) {
            return Optional.of(ready.getFirst());
        }

        @Override
        public boolean parallel() {
            return true;
        }
    };

    private StepStrategies() {}

    /** One step at a time, chosen at random in proportion to {@link Step#weight}: the default. */
    public static StepStrategy sequentialWeighted() {
        return SEQUENTIAL_WEIGHTED;
    }

    /**
     * Every step starts as soon as it is ready, whatever else the user is doing; weights do not matter. So each step keeps a
     * rhythm of its own: with {@link Step#every} it starts on time as long as it takes less than that; without, it starts again
     * as soon as it has ended. A slow step delays nothing but itself and the steps that require it.
     *
     * <p>Steps of one user then run on several threads: fields that more than one of them changes need the care that any shared
     * field needs. {@link VU#random} gives each step numbers of its own.
     */
    public static StepStrategy parallelReady() {
        return PARALLEL_READY;
    }

    private static Optional<ReadyStep> byWeight(List<ReadyStep> ready, RandomGenerator random) {
        double total = ready.stream().mapToDouble(ReadyStep::weight).sum();
        double at = random.nextDouble() * total;
        for (ReadyStep step : ready) {
            at -= step.weight();
            if (at < 0) {
                return Optional.of(step);
            }
        }
        return Optional.of(ready.getLast());
    }
}
