package io.vikhry.runtime.http;

/**
 * How a client behaves: what {@link ClientBuilder} gathered. {@code firstByteNanos}, {@code stallNanos} and {@code idleNanos} are 0
 * where unlimited, {@code sharedConnections} where each client has connections of its own.
 */
record ClientSettings(
        Origin origin,
        String basePath,
        Headers headers,
        long timeoutNanos,
        long connectTimeoutNanos,
        long firstByteNanos,
        long stallNanos,
        long idleNanos,
        int redirects,
        boolean cookies,
        int maxBody,
        TlsContext tls,
        boolean http2,
        Route.Ways ways,
        int sharedConnections) {}
