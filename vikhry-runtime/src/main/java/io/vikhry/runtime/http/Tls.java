package io.vikhry.runtime.http;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;

/** The two ways to trust a server: by the JVM's trust store and the host's name, or blindly. */
final class Tls {
    private static final CompletableFuture<SslContext> CAREFUL = new CompletableFuture<>();
    private static final CompletableFuture<SslContext> BLIND = new CompletableFuture<>();

    static {
        // Reading the trust store takes a tenth of a second: never on a loop.
        Resolver.APART.execute(() -> make(CAREFUL, false));
        Resolver.APART.execute(() -> make(BLIND, true));
    }

    private Tls() {}

    static CompletableFuture<SslContext> context(boolean insecure) {
        return insecure ? BLIND : CAREFUL;
    }

    private static void make(CompletableFuture<SslContext> result, boolean insecure) {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
            if (insecure) {
                builder.trustManager(InsecureTrustManagerFactory.INSTANCE).endpointIdentificationAlgorithm(null);
            }
            result.complete(builder.build());
        } catch (SSLException | RuntimeException e) {
            result.completeExceptionally(e);
        }
    }
}
