package io.vikhry.worker;

import io.vikhry.runtime.scenario.StackText;

/** Failures as one line. */
final class Lines {
    private static final int LONGEST = 500;

    private Lines() {}

    static String first(Throwable failure) {
        String message = StackText.message(failure);
        String line = message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : message.strip().lines().findFirst().orElse("");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
    }
}
