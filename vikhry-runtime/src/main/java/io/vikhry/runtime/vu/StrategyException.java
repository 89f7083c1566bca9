package io.vikhry.runtime.vu;

/** A scenario's strategy failed, or chose what it was not given; {@link #getCause} is what to report. */
final class StrategyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StrategyException(Throwable cause) {
        super(cause);
    }

    Throwable thrown() {
        Throwable cause = getCause();
        return cause == null ? this : cause;
    }
}
