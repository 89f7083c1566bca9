package io.vikhry.runtime.metrics;

/**
 * One distinct error of a second.
 *
 * @param series the series' name
 * @param step the step, or empty
 * @param code the result code
 * @param message what happened, one line, at most 300 characters
 * @param detail the stack trace or empty, at most 4,000 characters
 * @param count how often in this second
 */
public record ErrorSnapshot(String series, String step, String code, String message, String detail, long count) {}
