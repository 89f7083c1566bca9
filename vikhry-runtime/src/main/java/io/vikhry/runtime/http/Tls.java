package io.vikhry.runtime.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.NetUtil;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

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

    /** Speaks TLS with {@code origin}, and tells it its name even if that has no dot, which the JDK alone does not. */
    static SslHandler handler(SslContext context, ByteBufAllocator alloc, Origin origin) {
        SslHandler handler = context.newHandler(alloc, origin.host(), origin.port());
        if (NetUtil.createByteArrayFromIpAddressString(origin.host()) == null) {
            SSLParameters parameters = handler.engine().getSSLParameters();
            try {
                parameters.setServerNames(List.of(new SNIHostName(origin.host())));
                handler.engine().setSSLParameters(parameters);
            } catch (IllegalArgumentException e) {
                // Not a name by the letter of the standard, as some container networks give: go on without.
                return handler;
            }
        }
        return handler;
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
