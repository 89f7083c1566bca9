package io.vikhry.runtime.http;

import io.netty.handler.ssl.SslContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The TLS context of all clients with the same settings, made when one is about to need it: it takes some megabytes, which a run
 * without TLS does not have to pay. Made apart from the loops, because reading a trust store takes a tenth of a second. Any thread may ask.
 */
final class TlsContext {
    private static final long PATIENCE_SECONDS = 5;

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

    /** Waits, some seconds at most, until a handshake here takes no longer than any other. Not on a loop's own thread. */
    void awaitReady() {
        try {
            CompletableFuture.allOf(get(), TlsRehearsal.once()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // The first request waits for what is left, or tells why there is no context.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void make() {
        try {
            made.complete(Tls.builder(settings).build());
        } catch (Exception | Error e) {
            // Whatever it is: who waits for a context that never comes is told of a timeout instead.
            made.completeExceptionally(e);
        }
    }
}
