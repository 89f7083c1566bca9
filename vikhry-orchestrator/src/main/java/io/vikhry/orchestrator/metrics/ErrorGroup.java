package io.vikhry.orchestrator.metrics;

/**
 * Errors that say the same.
 *
 * @param series the series in which they happened
 * @param step the step, or empty
 * @param code the result code
 * @param message what happened, one line
 * @param detail the stack trace of the first one, or empty
 * @param count how many
 * @param firstAt start of the second of the first one, ms since 1970
 * @param lastAt start of the second of the newest one
 */
public record ErrorGroup(
        String series,
        String step,
        String code,
        String message,
        String detail,
        long count,
        long firstAt,
        long lastAt) {}
