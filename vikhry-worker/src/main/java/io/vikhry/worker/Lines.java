package io.vikhry.worker;

/** Failures as one line. */
final class Lines {
    private static final int LONGEST = 500;

    private Lines() {}

    static String first(Throwable failure) {
        String message = failure.getMessage();
        String line = message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : message.strip().lines().findFirst().orElse("");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
    }
}
