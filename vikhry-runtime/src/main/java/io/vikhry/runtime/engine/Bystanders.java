package io.vikhry.runtime.engine;

import java.util.concurrent.CountDownLatch;

/**
 * Threads that do nothing but take the places between the loops' own in a table of the JVM.
 *
 * <p>Which virtual thread a thread carries stands in that table, and is written there twice whenever a user goes on. A thread has
 * four entries of 8 bytes, in the order in which threads start. Two loops whose entries share a line of the CPU's cache wait for each
 * other at each of these writes: together they woke no more users than one alone, and 1.85 times as many with three threads in
 * between. When the loops have started the bystanders may go: who comes into their places carries no users.
 */
final class Bystanders implements AutoCloseable {
    /** With a loop's own 32 bytes, 128: a line, and the next, which CPUs fetch along with it. */
    private static final int BETWEEN_TWO = 3;

    private final CountDownLatch over = new CountDownLatch(1);

    /** Lets some stand between the thread that was started last and the next. */
    void comeBetween() {
        for (int i = 0; i < BETWEEN_TWO; i++) {
            Thread.ofPlatform().daemon().name("vikhry-bystander").start(this::stand);
        }
    }

    private void stand() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        over.countDown();
    }
}
