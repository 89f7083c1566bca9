package io.vikhry.runtime.scenario;

import java.util.Map;

/** Checked values of all parameters of one scenario. Immutable. */
public final class ParamValues {
    ParamValues() {}

    /** All values as text, defaults included; {@link Params#parse} of it gives the same values again. */
    public Map<String, String> asText() {
        throw new UnsupportedOperationException();
    }

    /**
     * The value of {@code name}, as {@code type}; {@code String} always fits.
     *
     * @throws ParamException if there is no such parameter or it has another type
     */
    public <T> T get(String name, Class<T> type) {
        throw new UnsupportedOperationException(name + type);
    }
}
