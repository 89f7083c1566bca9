package io.vikhry.runtime.http;

import io.vikhry.api.Http;
import java.net.URI;

/** Where the runtime gets its HTTP clients. */
public final class HttpClients {
    private HttpClients() {}

    /**
     * A builder for a client of {@code owner}.
     *
     * @param base an absolute {@code http} or {@code https} URL without query, fragment and user
     * @throws IllegalArgumentException if {@code base} is something else
     */
    public static Http.Builder builder(ClientOwner owner, URI base) {
        return new ClientBuilder(owner, base);
    }
}
