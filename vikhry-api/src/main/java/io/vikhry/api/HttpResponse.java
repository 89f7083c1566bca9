package io.vikhry.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A complete response. The {@code expect…} methods return this object, or mark the request as failed and throw
 * {@link CheckFailedException}.
 */
public interface HttpResponse {
    /** The status code, 100 to 999. */
    int status();

    /** The first value of a header; names are case-insensitive. */
    Optional<String> header(String name);

    /** All values of a header, in order. */
    List<String> headers(String name);

    /** The first value of a trailer: a header that came after the body, as a checksum or a gRPC status does; names are case-insensitive. */
    Optional<String> trailer(String name);

    /** The body, after gzip, deflate, br or zstd was undone. */
    byte[] body();

    /** The body as text, in the charset of {@code Content-Type} or UTF-8. */
    String text();

    /** The body read as JSON into {@code type}; throws {@link CheckFailedException} where it does not fit. */
    <T> T json(Class<T> type);

    /** The value at an RFC 6901 pointer ({@code "/items/0/id"}), as text; empty if there is none or it is JSON null. */
    Optional<String> json(String pointer);

    /**
     * The first value that a JSONPath ({@code "$.items[?(@.price < 10)].id"}) finds, as text; empty if it finds none or JSON
     * null. A pointer is faster.
     */
    Optional<String> jsonPath(String path);

    /** All values that a JSONPath finds, as text, in order. */
    List<String> jsonPathAll(String path);

    /** The first match of a regular expression in {@link #text()}: its first group, or the whole match if it has none. */
    Optional<String> regex(String pattern);

    /** All matches of a regular expression, as {@link #regex}. */
    List<String> regexAll(String pattern);

    /** The value of a cookie that this response sets. */
    Optional<String> cookie(String name);

    /** The value at an RFC 6901 pointer read into {@code type}; throws {@link CheckFailedException} where it does not fit. */
    <T> T json(String pointer, Class<T> type);

    /** From the first byte sent to the last byte read. */
    Duration serviceTime();

    /** Expects one of these statuses. */
    HttpResponse expectStatus(int... statuses);

    /** Expects a scalar at an RFC 6901 pointer, equal to {@code value} (numbers by value). */
    HttpResponse expectJson(String pointer, Object value);

    /** Expects {@code part} somewhere in {@link #text()}. */
    HttpResponse expectBodyContains(String part);

    /**
     * Marks the request as failed, for a check of your own: {@code throw response.failed("CHECK_TOTAL", "the total is 0")}.
     *
     * @param code the result code: short, upper case, few different ones
     * @param what what was wrong, in one line
     * @return the exception to throw, or not
     */
    CheckFailedException failed(String code, String what);
}
