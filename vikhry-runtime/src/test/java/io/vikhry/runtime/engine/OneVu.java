package io.vikhry.runtime.engine;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A VU that does one thing for a test. */
final class OneVu {
    private OneVu() {}

    /** What {@code body} comes to, on a VU's thread of {@code loop}. */
    static <T> T inVu(Loop loop, Callable<T> body) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.start("vu", () -> {
            try {
                result.complete(body.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(20, TimeUnit.SECONDS);
    }
}
