package io.vikhry.api;

import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A request being put together; {@link #send} sends it and waits. Not to be sent twice. */
public interface HttpRequest {
    /** The series it is counted in, {@code "GET /objects/{id}"}: keep the number of different names small. */
    HttpRequest name(String series);

    /** A header; replaces an earlier one of that name. */
    HttpRequest header(String name, String value);

    /** A query parameter, percent-encoded, appended in order. */
    HttpRequest query(String name, Object value);

    /** As {@link Http.Builder#timeout}, for this request. */
    HttpRequest timeout(Duration timeout);

    /** Statuses that count as success; by default all below 400. */
    HttpRequest okStatus(int... statuses);

    /** A JSON body: maps, lists, records, strings, numbers. */
    HttpRequest json(Object value);

    /** A form body, {@code application/x-www-form-urlencoded}. */
    HttpRequest form(Map<String, ?> fields);

    /** A text body in UTF-8. */
    HttpRequest body(String text, String contentType);

    /** A body of bytes, sent as they are when {@link #send} is called. */
    HttpRequest body(byte[] bytes, String contentType);

    /**
     * A body of any length that is read on this user's thread while it is sent, never more than two pieces of 64 KiB ahead of the
     * network. {@code source} is opened for each sending (a redirect may want it again), and what it gives is closed. Such a
     * request is not repeated on another connection.
     */
    HttpRequest body(Supplier<? extends InputStream> source, String contentType);

    /**
     * Sends the head with {@code Expect: 100-continue} and holds the body back until the server says {@code 100 Continue}, or for
     * {@code limit} (greater than 0), since not every server answers to it. Where a final status comes first, such as 413 or 417,
     * that is the response; the body is not sent, and the connection is closed, because the server might wait for the body on
     * it. Without an effect on a request that has no body.
     */
    HttpRequest expectContinue(Duration limit);

    /** A body of form fields and files, {@code multipart/form-data}. */
    HttpRequest multipart(Consumer<Multipart> parts);

    /** Reads the body off the wire but does not keep it: {@link HttpResponse#body} is then empty. Saves memory and time. */
    HttpRequest discardBody();

    /** As {@link Http.Builder#maxBody}, for this request: bytes as they come, and again after decompression; 0 or more. */
    HttpRequest maxBody(long bytes);

    /**
     * Sends it and parks this user until the response is complete.
     *
     * @throws HttpException if no complete response came
     */
    HttpResponse send();

    /**
     * Sends it and parks this user until the head of the response is there; the body is then read as it comes, for downloads,
     * long polls and server-sent events:
     *
     * <pre>{@code
     * try (HttpStream prices = http.get("/prices").timeout(ofMinutes(5)).stream().expectStatus(200)) {
     *     for (int i = 0; i < 100; i++) {
     *         prices.event().ifPresent(e -> ...);
     *     }
     * }
     * }</pre>
     *
     * The timeout counts up to the last byte. A body of its own is sent whole before.
     *
     * @throws HttpException if no head of a response came
     */
    HttpStream stream();
}
