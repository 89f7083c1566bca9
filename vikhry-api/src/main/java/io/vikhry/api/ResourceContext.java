package io.vikhry.api;

import java.net.URI;

/** What a {@link Resource} factory knows about the item it makes. */
public interface ResourceContext {
    /** The item's id: a positive decimal number, unique in its pool for the pool's whole life. */
    String id();

    /** The pool's name. */
    String pool();

    /** The value of the scenario's {@link Param} {@code name}, converted to {@code type}. */
    <T> T param(String name, Class<T> type);

    /** A builder for an HTTP client, closed when the factory returns. Its requests are no part of the run's results. */
    Http.Builder http(URI baseUrl);
}
