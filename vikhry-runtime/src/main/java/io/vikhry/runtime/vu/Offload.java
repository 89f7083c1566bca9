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
                    Thread thread = new Hand(task);
                    thread.setDaemon(true);
                    thread.setContextClassLoader(contextLoader);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
    }

    /** A thread of the pool. */
    private static final class Hand extends Thread {
        Hand(Runnable task) {
            super(null, task, "vikhry-offload", 0, false);
        }
    }

    /**
     * Parks the caller until {@code work} is done, and gives its result or throws what it threw. What is offloaded by work that is
     * itself offloaded is done at once: were it to wait for a thread, all threads might wait for one another.
     */
    <T> T call(Callable<T> work) throws Exception {
        if (Thread.currentThread() instanceof Hand) {
            return work.call();
        }
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
