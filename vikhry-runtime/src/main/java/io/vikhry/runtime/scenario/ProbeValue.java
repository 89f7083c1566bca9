package io.vikhry.runtime.scenario;

/**
 * A value that a probe saw.
 *
 * @param field what it is
 * @param value finite; 1 and 0 for true and false, ms for a duration
 */
public record ProbeValue(Field field, double value) {

    /** Name and type of a value: a component of the record that the probe returns, or {@code value}. */
    public record Field(String name, Type type) {}

    /** What a value means. */
    public enum Type {
        /** A number without a unit. */
        NUMBER,
        /** Yes or no. */
        BOOLEAN,
        /** A time, in ms. */
        DURATION
    }
}
