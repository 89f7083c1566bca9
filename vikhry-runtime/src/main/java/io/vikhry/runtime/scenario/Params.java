package io.vikhry.runtime.scenario;

import java.util.Map;

/** The parameters of a scenario: their names, types and defaults. */
public final class Params {
    Params() {}

    /**
     * The values for a run: those given, and the defaults of the others.
     *
     * @param texts values by name
     * @throws ParamException if a name is unknown, a required one is missing, or a value does not fit its type
     */
    public ParamValues parse(Map<String, String> texts) {
        throw new UnsupportedOperationException(texts.toString());
    }
}
