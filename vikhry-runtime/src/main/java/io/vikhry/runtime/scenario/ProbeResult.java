package io.vikhry.runtime.scenario;

import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the probe of one method returns: nothing, one value, or a record of values. Immutable. */
final class ProbeResult {
    /** How the one value of a probe is called that does not return a record. */
    static final String VALUE = "value";

    private static final int MOST = 20;

    private final List<ProbeValue.Field> fields;
    /** How to get each field from the record; empty where the result is the one value. */
    private final List<Method> accessors;

    private ProbeResult(List<ProbeValue.Field> fields, List<Method> accessors) {
        this.fields = List.copyOf(fields);
        this.accessors = List.copyOf(accessors);
    }

    /** What a method of this return type gives; empty if that is nothing that a probe may return. */
    static Optional<ProbeResult> of(Class<?> type) {
        if (type == void.class || type == Void.class) {
            return Optional.of(new ProbeResult(List.of(), List.of()));
        }
        ProbeValue.Type single = type(type);
        if (single != null) {
            return Optional.of(new ProbeResult(List.of(new ProbeValue.Field(VALUE, single)), List.of()));
        }
        return type.isRecord() ? ofRecord(type.getRecordComponents()) : Optional.empty();
    }

    private static Optional<ProbeResult> ofRecord(RecordComponent[] components) {
        List<ProbeValue.Field> fields = new ArrayList<>();
        for (RecordComponent component : components) {
            ProbeValue.Type type = type(component.getType());
            if (type == null) {
                return Optional.empty();
            }
            component.getAccessor().setAccessible(true);
            fields.add(new ProbeValue.Field(component.getName(), type));
        }
        return fields.isEmpty() || fields.size() > MOST
                ? Optional.empty()
                : Optional.of(new ProbeResult(
                        fields,
                        Arrays.stream(components)
                                .map(RecordComponent::getAccessor)
                                .toList()));
    }

    private static ProbeValue.@Nullable Type type(Class<?> type) {
        Class<?> boxed = MethodType.methodType(type).wrap().returnType();
        if (Number.class.isAssignableFrom(boxed)) {
            return ProbeValue.Type.NUMBER;
        }
        if (boxed == Boolean.class) {
            return ProbeValue.Type.BOOLEAN;
        }
        return boxed == Duration.class ? ProbeValue.Type.DURATION : null;
    }

    List<ProbeValue.Field> fields() {
        return fields;
    }

    /**
     * The values of one result.
     *
     * @throws IllegalStateException if it, or one of its values, is null or no finite number
     */
    List<ProbeValue> values(@Nullable Object result) {
        if (fields.isEmpty()) {
            return List.of();
        }
        if (accessors.isEmpty()) {
            return List.of(value(fields.getFirst(), result, "it"));
        }
        if (result == null) {
            throw new IllegalStateException("it returned null instead of a value");
        }
        List<ProbeValue> values = new ArrayList<>(fields.size());
        for (int i = 0; i < fields.size(); i++) {
            values.add(value(
                    fields.get(i),
                    component(accessors.get(i), result),
                    fields.get(i).name()));
        }
        return values;
    }

    private static @Nullable Object component(Method accessor, Object result) {
        try {
            return accessor.invoke(result);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(accessor.getName() + " cannot be read: " + e, e);
        }
    }

    private static ProbeValue value(ProbeValue.Field field, @Nullable Object raw, String subject) {
        double value = switch (raw) {
            case null -> throw new IllegalStateException(subject + " returned null instead of a value");
            case Boolean is -> is ? 1 : 0;
            case Duration time -> time.toNanos() / 1e6;
            case Number number -> number.doubleValue();
            default -> throw new IllegalStateException(subject + " returned a " + raw.getClass());
        };
        if (!Double.isFinite(value)) {
            throw new IllegalStateException(subject + " returned " + raw + ", which is no number to draw");
        }
        return new ProbeValue(field, value);
    }
}
