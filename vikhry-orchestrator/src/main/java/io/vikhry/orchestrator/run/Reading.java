package io.vikhry.orchestrator.run;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * What is read of a run on disk while its orchestrator does other things: the batches of some hours take longer than a lease lasts.
 *
 * <p>One thread begins it, looks for it and lets go of it; another reads.
 *
 * @param <T> what becomes of it
 */
final class Reading<T> {
    private final CompletableFuture<T> result = new CompletableFuture<>();

    private Reading() {}

    /**
     * Begins.
     *
     * @param read reads; is given what to run again and again meanwhile, and throws what that throws when nobody wants it any more
     */
    static <T> Reading<T> begin(Executor readers, Function<Runnable, T> read) {
        Reading<T> reading = new Reading<>();
        readers.execute(() -> reading.read(read));
        return reading;
    }

    private void read(Function<Runnable, T> read) {
        try {
            result.complete(read.apply(this::requireWanted));
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    private void requireWanted() {
        if (result.isCancelled()) {
            throw new CancellationException("nobody wants the run any more");
        }
    }

    /** Whether it comes to an end, good or bad, within {@code patience}. */
    boolean done(Duration patience) {
        try {
            result.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | CancellationException e) {
            return true;
        }
    }

    /** What was read, once it is done, or what went wrong. */
    T result() {
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Lets go of it. */
    void drop() {
        result.cancel(false);
    }
}
