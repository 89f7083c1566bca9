package io.vikhry.cli;

import org.jspecify.annotations.Nullable;

/** A command that cannot go on: one line for the user, and the exit code. */
public final class Failure extends RuntimeException {
    /** The machine, the cluster or vikhry itself is at fault. */
    public static final int ENVIRONMENT = 1;
    /** The command line is at fault. */
    public static final int USAGE = 2;
    /** The scenario or a parameter of it is at fault. */
    public static final int SCENARIO = 3;
    /** The run's verdict is INVALID. */
    public static final int INVALID = 6;
    /** Ctrl-C. */
    public static final int INTERRUPTED = 130;

    private final int exitCode;

    private Failure(int exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** The machine, the cluster or vikhry itself is at fault. */
    public static Failure environment(String message) {
        return new Failure(ENVIRONMENT, message, null);
    }

    /** As {@link #environment(String)}, caused by {@code cause}. */
    public static Failure environment(String message, @Nullable Throwable cause) {
        return new Failure(ENVIRONMENT, message, cause);
    }

    /** The command line is at fault. */
    public static Failure usage(String message) {
        return new Failure(USAGE, message, null);
    }

    /** With the exit code that another process or the orchestrator's answer stands for. */
    public static Failure of(int exitCode, String message) {
        return new Failure(exitCode, message, null);
    }

    /** Ctrl-C before the work was done. */
    public static Failure interrupted() {
        return new Failure(INTERRUPTED, "interrupted", null);
    }

    /** What the process ends with. */
    public int exitCode() {
        return exitCode;
    }
}
