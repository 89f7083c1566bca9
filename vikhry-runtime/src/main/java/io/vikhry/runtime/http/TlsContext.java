package io.vikhry.runtime.http;

import io.netty.handler.ssl.SslContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The TLS context of all clients with the same settings, made when one is about to need it: it takes some megabytes, which a run
 * without TLS does not have to pay. Made apart from the loops, because reading a trust store takes a tenth of a second. Where that
 * failed, for want of a thread or a file descriptor perhaps, who asks next has it tried again. Any thread may ask.
 */
final class TlsContext {
    private static final long PATIENCE_SECONDS = 5;

    private final TlsSettings settings;
    private final Executor apart;
    private final AtomicReference<@Nullable CompletableFuture<SslContext>> latest = new AtomicReference<>();

    TlsContext(TlsSettings settings) {
        this(settings, Resolver.APART);
    }

    /** One that {@code apart} makes. */
    TlsContext(TlsSettings settings, Executor apart) {
        this.settings = settings;
        this.apart = apart;
    }

    /** The context, which may still be being made. */
    CompletableFuture<SslContext> get() {
        CompletableFuture<SslContext> known = latest.get();
        if (known != null && !known.isCompletedExceptionally()) {
            return known;
        }
        CompletableFuture<SslContext> mine = new CompletableFuture<>();
        CompletableFuture<SslContext> others = latest.compareAndExchange(known, mine);
        if (others != known && others != null) {
            return others;
        }
        try {
            apart.execute(() -> make(mine));
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
        }
        return mine;
    }

    /** Waits, some seconds at most, until a handshake here takes no longer than any other. Not on a loop's own thread. */
    void awaitReady() {
        try {
            CompletableFuture.allOf(get(), TlsRehearsal.OF_PROCESS.begun()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // The first request waits for what is left, or tells why there is no context.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void make(CompletableFuture<SslContext> made) {
        try {
            made.complete(Tls.builder(settings).build());
        } catch (Exception | Error e) {
            // Whatever it is: who waits for a context that never comes is told of a timeout instead.
            made.completeExceptionally(e);
        }
    }
}
