package io.vikhry.api;

import java.time.Duration;

/**
 * A step that may start now.
 *
 * @param name its name
 * @param weight its {@link Step#weight}
 * @param lateness how long ago it was meant to start, 0 or more; 0 for a step without {@link Step#every}
 */
public record ReadyStep(String name, double weight, Duration lateness) {}
