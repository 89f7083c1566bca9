package io.vikhry.cluster;

/**
 * A piece of the load curve f(t): from {@code atMillis} the target moves in a straight line from where it was to
 * {@code target}, arrives after {@code rampMillis}, and stays until the next stage. Each worker computes f(t) by itself.
 *
 * @param atMillis when the stage begins, in ms after the run's t0; 0 or more, ascending within an assignment
 * @param target users or arrivals per second, by the plan's model; 0 or more
 * @param rampMillis how long the way there takes; 0 jumps
 */
public record LoadStage(long atMillis, double target, long rampMillis) {}
