package io.vikhry.cli.local;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.LoggerFactory;

/**
 * Something of this process that starts on a thread of its own, while others start; it is closed however its start and theirs
 * went. One thread asks for it and closes it.
 */
public final class Beside<T extends AutoCloseable> implements AutoCloseable {
    private final CompletableFuture<T> started = new CompletableFuture<>();

    private Beside() {}

    /** Begins to start it. */
    public static <T extends AutoCloseable> Beside<T> start(String name, Callable<T> start) {
        // Were two threads the first to log, one would come amid the other's set-up, and SLF4J would tell the user so.
        LoggerFactory.getILoggerFactory();
        Beside<T> beside = new Beside<>();
        Thread.ofPlatform().daemon().name("start-" + name).start(() -> {
            try {
                beside.started.complete(start.call());
            } catch (Throwable e) {
                beside.started.completeExceptionally(e);
            }
        });
        return beside;
    }

    /** It, as soon as it has started; fails as its start did. */
    public T await() {
        try {
            return started.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** Waits until its start is over, and closes it. */
    @Override
    public void close() throws Exception {
        T it;
        try {
            it = started.join();
        } catch (CompletionException e) {
            // It never was there; who asked for it has been told why.
            return;
        }
        it.close();
    }
}
