package io.vikhry.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ctrl-C and SIGTERM as a request that commands look at. The first of them starts the JVM's shutdown, whose hook raises the
 * request and then waits until the command has cleaned up; the JVM then ends with 130 or 143 by itself. Any thread may ask.
 */
public final class Interrupt {
    private static final Duration CLEAN_UP_LIMIT = Duration.ofSeconds(60);
    private static final Duration LAST_HOOKS = Duration.ofSeconds(3);
    private static final CountDownLatch REQUESTED = new CountDownLatch(1);
    private static final CountDownLatch FINISHED = new CountDownLatch(1);
    private static final AtomicBoolean WATCHING = new AtomicBoolean();

    private Interrupt() {}

    /** From now on Ctrl-C is a request, and ends nothing by itself. */
    public static void watch() {
        if (WATCHING.compareAndSet(false, true)) {
            Runtime.getRuntime().addShutdownHook(new Thread(Interrupt::raise, "interrupt"));
        }
    }

    private static void raise() {
        REQUESTED.countDown();
        try {
            if (!FINISHED.await(CLEAN_UP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println(
                        "vikhry: the clean-up took more than " + CLEAN_UP_LIMIT.toSeconds() + " s and was cut off");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The command is done and has cleaned up: ends the process. Not by {@link System#exit} alone: where a scenario has called
     * that itself, its user waits inside the shutdown for an engine that is closed, and the shutdown would wait for ever.
     */
    static void end(int code) {
        FINISHED.countDown();
        Thread.ofPlatform().daemon().name("end").start(() -> {
            try {
                Thread.sleep(LAST_HOOKS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(code);
        });
        System.exit(code);
    }

    /** Whether the end was asked for. */
    public static boolean requested() {
        return REQUESTED.getCount() == 0;
    }

    /** Waits; returns early, with true, when the end is asked for. */
    public static boolean sleep(Duration duration) {
        try {
            return REQUESTED.await(duration.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Throws if the end was asked for: what has not begun yet is not to begin. */
    public static void failIfRequested() {
        if (requested()) {
            throw Failure.interrupted();
        }
    }

    /** Waits; throws when the end is asked for. */
    public static void sleepOrFail(Duration duration) {
        if (sleep(duration)) {
            throw Failure.interrupted();
        }
    }

    /** Waits until the end is asked for. */
    static void await() {
        while (!sleep(Duration.ofMinutes(1))) {
            // goes on for as long as nobody asks
        }
    }
}
