package io.vikhry.runtime.scenario;

import java.lang.invoke.MethodType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Checked values of all parameters of one scenario. Immutable. */
public final class ParamValues {
    private final Params params;
    private final Map<String, Object> given;

    ParamValues(Params params, Map<String, Object> given) {
        this.params = params;
        this.given = Collections.unmodifiableMap(given);
    }

    /** All values as text, defaults included; {@link Params#parse} of it gives the same values again. */
    public Map<String, String> asText() {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : params.names()) {
            texts.put(name, params.text(name, params.value(name, given)));
        }
        return texts;
    }

    /**
     * The value of {@code name}, as {@code type}; {@code String} always fits.
     *
     * @throws ParamException if there is no such parameter or it has another type
     */
    public <T> T get(String name, Class<T> type) {
        Object value = params.value(name, given);
        if (type == String.class) {
            value = params.text(name, value);
        }
        Class<?> boxed = MethodType.methodType(type).wrap().returnType();
        if (!boxed.isInstance(value)) {
            throw new ParamException(
                    name,
                    ParamException.Problem.INVALID,
                    "param \"" + name + "\" is of type " + value.getClass().getSimpleName() + ", not "
                            + type.getSimpleName());
        }
        @SuppressWarnings("unchecked") // T is the primitive of the boxed class, or the class itself
        T typed = (T) value;
        return typed;
    }

    Params params() {
        return params;
    }

    /** What was given, without the defaults. */
    Map<String, Object> given() {
        return given;
    }
}
