package io.vikhry.api;

import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A response whose body is read while it comes, from {@link HttpRequest#stream}. Status and headers are there from the start; the
 * body is handed out once, by any mixture of {@link #next}, {@link #line}, {@link #event} and {@link #body}, and never kept whole.
 * At most 256 KiB wait for this user; beyond, the connection is not read until some are taken, so that the server is held back.
 *
 * <p>The request is recorded when the last byte has come, or when it is {@linkplain #close closed} before; so the time this user
 * takes to read is part of the request's time. What is left open is cut off when the request's timeout strikes or the user ends,
 * and is then recorded as a failure: close it.
 *
 * <p>Each reading method parks this user until there is something, and throws {@link HttpException} if the response breaks off:
 * {@code RESET}, {@code TIMEOUT}, {@code TOO_LARGE} and so on, as in {@link HttpRequest#send}.
 */
public interface HttpStream extends AutoCloseable {
    /** The status code, 100 to 999. */
    int status();

    /** The first value of a header; names are case-insensitive. */
    Optional<String> header(String name);

    /** All values of a header, in order. */
    List<String> headers(String name);

    /** The first value of a trailer, a header that comes after the body: empty before the body was read to its end. */
    Optional<String> trailer(String name);

    /** The next bytes of the body, one at least and as a rule as many as came at once; empty at its end. */
    Optional<byte[]> next();

    /** Gives all that is still to come to {@code consumer}, piece by piece. */
    default void forEach(Consumer<? super byte[]> consumer) {
        for (Optional<byte[]> piece = next(); piece.isPresent(); piece = next()) {
            consumer.accept(piece.get());
        }
    }

    /** The next line of the body in UTF-8, without its end (LF, CR or CRLF); empty at the end of the body. */
    Optional<String> line();

    /** The next server-sent event ({@code text/event-stream}); empty at the end of the body. */
    Optional<ServerSentEvent> event();

    /** The body, after gzip, deflate, br or zstd was undone, as the other methods read it too. Closing it closes this. */
    InputStream body();

    /** From the first byte sent to the status and the headers read. */
    Duration headTime();

    /** Expects one of these statuses, or marks the request as failed and throws {@link CheckFailedException}. */
    HttpStream expectStatus(int... statuses);

    /**
     * Marks the request as failed, for a check of your own.
     *
     * @param code the result code: short, upper case, few different ones
     * @param what what was wrong, in one line
     * @return the exception to throw, or not
     */
    CheckFailedException failed(String code, String what);

    /**
     * Reads no more. Where the body is not at its end, its connection is closed (with HTTP/2, its stream), and the request is
     * recorded with its status as it stands: to end a stream of events is no failure. Does nothing a second time.
     */
    @Override
    void close();
}
