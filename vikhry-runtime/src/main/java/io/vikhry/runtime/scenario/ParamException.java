package io.vikhry.runtime.scenario;

import io.vikhry.api.VikhryException;

/** A value for a scenario's parameter that was refused. */
public class ParamException extends VikhryException {
    private static final long serialVersionUID = 1L;

    private final String param;
    private final Problem problem;

    ParamException(String param, Problem problem, String message) {
        super(message);
        this.param = param;
        this.problem = problem;
    }

    /** The parameter's name, as it was given or as it is missing. */
    public String param() {
        return param;
    }

    /** What is wrong with it. */
    public Problem problem() {
        return problem;
    }

    /** The ways in which a parameter can be wrong. */
    public enum Problem {
        /** The scenario has no such parameter. */
        UNKNOWN,
        /** It is required and was not given. */
        MISSING,
        /** The value does not fit the type. */
        INVALID
    }
}
