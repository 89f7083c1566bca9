package io.vikhry.runtime.vu;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs users' blocking work on platform threads, away from the loops. Platform threads, because file access and name look-ups
 * hold the thread below a virtual one, and because a virtual thread started by a user would inherit its loop.
 */
final class Offload implements AutoCloseable {
    private final ThreadPoolExecutor pool;

    Offload(ClassLoader contextLoader) {
        int threads = Math.max(16, 4 * Runtime.getRuntime().availableProcessors());
        this.pool =
                new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = Thread.ofPlatform()
                            .name("vikhry-offload")
                            .daemon()
                            .inheritInheritableThreadLocals(false)
                            .unstarted(task);
                    thread.setContextClassLoader(contextLoader);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
    }

    /** Parks the caller until {@code work} is done, and gives its result or throws what it threw. */
    <T> T call(Callable<T> work) throws Exception {
        Future<T> result = pool.submit(work);
        try {
            return result.get();
        } catch (InterruptedException e) {
            result.cancel(true);
            throw e;
        } catch (CancellationException e) {
            throw new CancelledException("the run ended while work was offloaded");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    /** Interrupts what is still at work; those who wait for it are told. */
    @Override
    public void close() {
        pool.shutdownNow().forEach(task -> {
            if (task instanceof Future<?> future) {
                future.cancel(false);
            }
        });
    }
}
