package io.vikhry.api;

import java.net.URI;

/** What a {@link Probe} knows of the run. */
public interface ProbeContext {
    /** The value of the scenario's {@link Param} {@code name}, converted to {@code type}. */
    <T> T param(String name, Class<T> type);

    /** A builder for an HTTP client, closed when the probe returns. Its requests are no part of the run's results. */
    Http.Builder http(URI baseUrl);
}
