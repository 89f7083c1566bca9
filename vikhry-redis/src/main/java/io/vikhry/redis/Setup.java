package io.vikhry.redis;

import org.jspecify.annotations.Nullable;

/**
 * How a Redis is to be started.
 *
 * @param url the server to use for {@link Choice#URL}, or {@code null}
 * @param port the port on 127.0.0.1 to listen on; 0 takes a free one
 * @param detached whether it outlives this JVM; otherwise it ends with it, however it ends
 * @param container the name of the container for {@link Choice#DOCKER}, or {@code null} for one of its own
 */
public record Setup(
        @Nullable String url,
        int port,
        boolean detached,
        @Nullable String container) {
    /** A free port, ending with this JVM. */
    public static final Setup DEFAULT = new Setup(null, 0, false, null);

    public Setup {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("Redis port must be 0 to 65535, not " + port);
        }
    }

    /** As this, for a server that runs already. */
    public Setup withUrl(@Nullable String given) {
        return new Setup(given, port, detached, container);
    }

    /** As this, on {@code wanted}, 0 for a free one. */
    public Setup withPort(int wanted) {
        return new Setup(url, wanted, detached, container);
    }

    /** As this, outliving this JVM. */
    public Setup outliving() {
        return new Setup(url, port, true, container);
    }

    /** As this, with the container's name. */
    public Setup withContainer(String name) {
        return new Setup(url, port, detached, name);
    }
}
