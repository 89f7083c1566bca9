package io.vikhry.runtime.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Tries out, at start, whether this JVM's virtual threads do run on a loop: yield, sleep, park, a contended monitor. */
final class SchedulerTrial {
    private static final long BOUND_SECONDS = 5;

    private SchedulerTrial() {}

    /** Why users cannot run on {@code loop}; empty if they can. Takes some ms, at most 5 s. */
    static String run(Loop loop) {
        CompletableFuture<String> result = new CompletableFuture<>();
        CountDownLatch parking = new CountDownLatch(1);
        CountDownLatch blocking = new CountDownLatch(1);
        Object monitor = new Object();
        try {
            Thread vu = loop.start("vikhry-trial", () -> {
                try {
                    result.complete(trial(loop, parking, blocking, monitor));
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            });
            if (!parking.await(BOUND_SECONDS, TimeUnit.SECONDS)) {
                return "a virtual thread did not start on the loop";
            }
            synchronized (monitor) {
                LockSupport.unpark(vu);
                if (!blocking.await(BOUND_SECONDS, TimeUnit.SECONDS)) {
                    return "a virtual thread on the loop was not unparked";
                }
            }
            return result.get(BOUND_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return "a virtual thread on the loop did not come back from a monitor or a sleep";
        } catch (ExecutionException e) {
            return "virtual threads on the loop failed: " + e.getCause();
        } catch (RuntimeException | LinkageError e) {
            return "virtual threads on the loop failed: " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted while starting";
        }
    }

    private static String trial(Loop loop, CountDownLatch parking, CountDownLatch blocking, Object monitor)
            throws InterruptedException {
        if (!loop.inLoop()) {
            return "the virtual thread ran elsewhere";
        }
        Thread.yield();
        parking.countDown();
        LockSupport.park(monitor);
        blocking.countDown();
        synchronized (monitor) {
            Thread.sleep(1);
        }
        return loop.inLoop() ? "" : "the virtual thread moved elsewhere";
    }
}
