package io.vikhry.worker;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Speaks to Redis for a user on a thread apart, because a user may be interrupted at any time and must not leave a command half
 * said.
 */
final class Elsewhere {
    private Elsewhere() {}

    /** The call's result; an interrupt ends the wait for it, not the call. */
    static <T> T call(Callable<T> call) throws InterruptedException {
        CompletableFuture<T> done = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                done.complete(call.call());
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        return join(done);
    }

    static <T> T join(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw cause(e);
        }
    }

    /** What was thrown there, to be thrown here. */
    static RuntimeException cause(ExecutionException e) {
        return e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
    }
}
