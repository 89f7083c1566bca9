package io.vikhry.runtime.http;

import io.netty.handler.ssl.SslContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;

/**
 * The TLS context of all clients with the same settings, made when one is about to need it: it takes some megabytes, which a run
 * without TLS does not have to pay. Made apart from the loops, because reading a trust store takes a tenth of a second. Any thread may ask.
 */
final class TlsContext {
    private final TlsSettings settings;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final CompletableFuture<SslContext> made = new CompletableFuture<>();

    TlsContext(TlsSettings settings) {
        this.settings = settings;
    }

    /** The context, which may still be being made. */
    CompletableFuture<SslContext> get() {
        if (!asked.get() && asked.compareAndSet(false, true)) {
            Resolver.APART.execute(this::make);
        }
        return made;
    }

    private void make() {
        try {
            made.complete(Tls.builder(settings).build());
        } catch (SSLException | RuntimeException e) {
            made.completeExceptionally(e);
        }
    }
}
