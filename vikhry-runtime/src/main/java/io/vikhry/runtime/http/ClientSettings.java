package io.vikhry.runtime.http;

/** How a client behaves: what {@link ClientBuilder} gathered. */
record ClientSettings(
        Origin origin,
        String basePath,
        Headers headers,
        long timeoutNanos,
        long connectTimeoutNanos,
        int redirects,
        boolean cookies,
        int maxBody,
        boolean insecure) {}
