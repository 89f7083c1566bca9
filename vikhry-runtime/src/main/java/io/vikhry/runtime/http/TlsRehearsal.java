package io.vikhry.runtime.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections over TLS that a process makes with itself, in memory, before its first client speaks TLS with somebody else. To load and
 * to interpret what TLS needs takes some tenths of a second, once: in the first handshake they would stop its loop, and would be told
 * as the server's.
 */
final class TlsRehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(TlsRehearsal.class);
    private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");
    /** The second and third time much of it is compiled. */
    private static final int ROUNDS = 3;
    /** A handshake needs fewer. */
    private static final int EXCHANGES = 20;

    private static final Origin ORIGIN = new Origin(true, "localhost", 443);
    private static final String ISSUER = "rehearsal";
    private static final byte[] WORDS = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** The one of this process. */
    static final TlsRehearsal OF_PROCESS = new TlsRehearsal(Resolver.APART);

    private final Executor apart;
    private final AtomicReference<@Nullable CompletableFuture<Void>> once = new AtomicReference<>();

    TlsRehearsal(Executor apart) {
        this.apart = apart;
    }

    /**
     * Done when it is over. Begun by who asks first, apart from the caller; it never fails. Where it could not even be begun, the
     * caller need not wait, and who asks next has it tried again. Any thread may ask.
     */
    CompletableFuture<Void> begun() {
        CompletableFuture<Void> known = once.get();
        if (known != null) {
            return known;
        }
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> others = once.compareAndExchange(null, mine);
        if (others != null) {
            return others;
        }
        try {
            apart.execute(() -> {
                try {
                    tried();
                } finally {
                    mine.complete(null);
                }
            });
        } catch (RuntimeException | Error e) {
            once.set(null);
            mine.complete(null);
            LOG.warn("TLS cannot be rehearsed now, the first handshakes seem to take longer: {}", e.toString());
        }
        return mine;
    }

    private static void tried() {
        try {
            rehearse();
        } catch (Exception | LinkageError e) {
            // An embedded channel throws what its handlers threw, checked or not.
            LOG.warn("TLS cannot be rehearsed, the first handshakes seem to take longer: {}", e.toString());
        }
    }

    /** Asks and answers over a few connections of each version. */
    static void rehearse() throws GeneralSecurityException, SSLException {
        StageCertificate root = StageCertificate.root(ISSUER);
        StageCertificate server = root.issue(ORIGIN.host(), ISSUER);
        for (String version : VERSIONS) {
            SslContext there = SslContextBuilder.forServer(server.key(), server.certificate())
                    .sslProvider(SslProvider.JDK)
                    .protocols(version)
                    .build();
            for (int i = 0; i < ROUNDS; i++) {
                // Another context each time: with the same one the second handshake would only take up the first.
                converse(
                        Tls.builder(TlsSettings.DEFAULT)
                                .trustManager(root.certificate())
                                .build(),
                        there);
            }
        }
    }

    private static void converse(SslContext here, SslContext there) throws SSLException {
        SslHandler client = Tls.handler(here, ByteBufAllocator.DEFAULT, ORIGIN);
        EmbeddedChannel near = new EmbeddedChannel(client);
        EmbeddedChannel far = new EmbeddedChannel(there.newHandler(ByteBufAllocator.DEFAULT));
        try {
            exchange(near, far);
            say(near, far);
            say(far, near);
        } finally {
            near.finishAndReleaseAll();
            far.finishAndReleaseAll();
        }
    }

    private static void say(EmbeddedChannel from, EmbeddedChannel to) throws SSLException {
        from.writeOutbound(Unpooled.wrappedBuffer(WORDS));
        exchange(from, to);
        ByteBuf heard = to.readInbound();
        if (heard == null) {
            throw new SSLException("what was said was not heard");
        }
        heard.release();
    }

    /** Carries what each has to say to the other, until nobody has anything. */
    private static void exchange(EmbeddedChannel one, EmbeddedChannel other) {
        boolean said = true;
        for (int i = 0; i < EXCHANGES && said; i++) {
            said = carry(one, other) | carry(other, one);
        }
    }

    private static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
        boolean carried = false;
        for (ByteBuf bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
            to.writeInbound(bytes);
            carried = true;
        }
        return carried;
    }
}
