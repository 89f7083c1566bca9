package io.vikhry.runtime.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.NetUtil;
import java.lang.ref.WeakReference;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * The TLS contexts of all clients: one for each way to trust a server and to be known to it. Any thread may ask. A context lives as
 * long as some client holds it.
 */
final class Tls {
    private static final int SWEEP_AT = 64;
    private static final ConcurrentHashMap<TlsSettings, WeakReference<TlsContext>> CONTEXTS = new ConcurrentHashMap<>();
    /** Held for ever: what most clients use. */
    static final TlsContext DEFAULT = context(TlsSettings.DEFAULT);

    private Tls() {}

    /** The context of these settings; the caller keeps it for as long as it may be needed. */
    static TlsContext context(TlsSettings settings) {
        WeakReference<TlsContext> known = CONTEXTS.get(settings);
        TlsContext context = known == null ? null : known.get();
        if (context != null) {
            return context;
        }
        if (CONTEXTS.size() >= SWEEP_AT) {
            CONTEXTS.values().removeIf(each -> each.get() == null);
        }
        // Two that ask at the same moment may each make one; the later one is shared from then on.
        TlsContext mine = new TlsContext(settings);
        CONTEXTS.put(settings, new WeakReference<>(mine));
        return mine;
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

    /**
     * Refuses PEM that is none, in words that say which setting was wrong and never what it held.
     *
     * @throws IllegalArgumentException with the reason
     */
    static void check(TlsSettings settings) {
        if (!settings.equals(TlsSettings.DEFAULT)) {
            builder(settings);
        }
    }

    /** Why a handshake failed, and what a scenario can do about a certificate that was refused. */
    static String complaint(@Nullable Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof CertificateException) {
                return RootCause.message(cause) + " (see trust and insecure)";
            }
            if (t instanceof ClosedChannelException) {
                return "the peer closed the connection";
            }
        }
        return RootCause.message(cause);
    }

    static SslContextBuilder builder(TlsSettings settings) {
        SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
        if (settings.insecure()) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE).endpointIdentificationAlgorithm(null);
        } else if (settings.trust() != null) {
            builder.trustManager(Pem.certificates("trust", settings.trust()));
        }
        if (settings.certificates() != null && settings.key() != null) {
            builder.keyManager(Pem.key(settings.key()), Pem.certificates("identity", settings.certificates()));
        }
        if (!settings.versions().isEmpty()) {
            builder.protocols(settings.versions());
        }
        if (settings.http2()) {
            builder.ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2,
                            ApplicationProtocolNames.HTTP_1_1));
        }
        return builder;
    }
}
