package io.vikhry.runtime.http;

import io.netty.handler.ssl.SslContext;
import java.util.concurrent.CompletableFuture;

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
        CompletableFuture<SslContext> tls,
        boolean http2) {}
