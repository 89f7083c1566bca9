package io.vikhry.runtime.engine;

import static io.vikhry.runtime.engine.OneVu.inVu;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a VU may rely on, in every mode an engine can run in. */
class UsersOnLoopsTest {
    private static final String ALL = "io.vikhry.runtime.engine.EngineModes#all";

    @ParameterizedTest
    @MethodSource(ALL)
    void aVuKnowsItsLoopAndStaysOnIt(EngineOptions options) throws Exception {
        try (Engine engine = Engine.start(options)) {
            Loop loop = engine.loops().get(1);
            boolean onLoop = inVu(loop, () -> {
                boolean in = loop.inLoop();
                for (int i = 0; i < 1_000; i++) {
                    Thread.yield();
                    assertThat(Loop.current()).isSameAs(loop);
                    assertThat(loop.inLoop()).isEqualTo(in);
                }
                Thread.sleep(1);
                assertThat(Loop.current()).isSameAs(loop);
                return in;
            });
            assertThat(onLoop).isEqualTo(!engine.fallback());
            assertThat(Loop.current()).isNull();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void threadsThatAVuStartsAreOfItsLoop(EngineOptions options) throws Exception {
        try (Engine engine = Engine.start(options)) {
            Loop loop = engine.loops().getFirst();
            inVu(loop, () -> {
                CompletableFuture<Loop> ofChild = new CompletableFuture<>();
                Thread.ofVirtual().start(() -> ofChild.complete(Loop.current()));
                return assertThat(ofChild.get(5, SECONDS)).isSameAs(loop);
            });
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aVuHandsWorkToTheLoopAndIsResumedByIt(EngineOptions options) throws Exception {
        try (Engine engine = Engine.start(options)) {
            Loop loop = engine.loops().getFirst();
            int rounds = inVu(loop, () -> {
                Thread vu = Thread.currentThread();
                int count = 0;
                for (; count < 5_000; count++) {
                    AtomicBoolean answered = new AtomicBoolean();
                    loop.execute(() -> {
                        answered.set(true);
                        LockSupport.unpark(vu);
                    });
                    while (!answered.get()) {
                        LockSupport.park();
                    }
                }
                return count;
            });
            assertThat(rounds).isEqualTo(5_000);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void unparkFromOtherThreadsIsNeverLost(EngineOptions options) throws Exception {
        try (Engine engine = Engine.start(options)) {
            BlockingQueue<Integer> there = new ArrayBlockingQueue<>(1);
            BlockingQueue<Integer> back = new ArrayBlockingQueue<>(1);
            Thread partner = Thread.ofPlatform().daemon().start(() -> {
                try {
                    while (true) {
                        back.put(there.take() + 1);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            int sum = inVu(engine.loops().getFirst(), () -> {
                int value = 0;
                for (int i = 0; i < 5_000; i++) {
                    there.put(value);
                    value = back.take();
                }
                return value;
            });
            partner.interrupt();
            assertThat(sum).isEqualTo(5_000);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void sleepsAreNeverShorterThanAskedFor(EngineOptions options) throws Exception {
        try (Engine engine = Engine.start(options)) {
            CountDownLatch done = new CountDownLatch(1_000);
            AtomicInteger early = new AtomicInteger();
            for (int i = 0; i < 1_000; i++) {
                long nanos = MILLISECONDS.toNanos(1) + i * 30_011L;
                engine.nextLoop().start("sleeper", () -> {
                    long start = System.nanoTime();
                    try {
                        Thread.sleep(Duration.ofNanos(nanos));
                    } catch (InterruptedException e) {
                        early.incrementAndGet();
                    }
                    if (System.nanoTime() - start < nanos) {
                        early.incrementAndGet();
                    }
                    done.countDown();
                });
            }
            assertThat(done.await(10, SECONDS)).isTrue();
            assertThat(early).hasValue(0);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aSleepingOrWaitingVuCanBeInterrupted(EngineOptions options) throws Exception {
        try (Engine engine = Engine.start(options)) {
            CompletableFuture<String> end = new CompletableFuture<>();
            CountDownLatch started = new CountDownLatch(1);
            Thread vu = engine.loops().getFirst().start("vu", () -> {
                try {
                    started.countDown();
                    Thread.sleep(60_000);
                    end.complete("slept");
                } catch (InterruptedException e) {
                    end.complete("interrupted");
                }
            });
            assertThat(started.await(5, SECONDS)).isTrue();
            vu.interrupt();
            assertThat(end.get(5, SECONDS)).isEqualTo("interrupted");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void monitorsContendedBetweenLoopsAndPlatformThreadsAreFair(EngineOptions options) throws Exception {
        try (Engine engine = Engine.start(options)) {
            Object monitor = new Object();
            int[] count = new int[1];
            CountDownLatch done = new CountDownLatch(21);
            Runnable body = () -> {
                for (int i = 0; i < 50; i++) {
                    synchronized (monitor) {
                        count[0]++;
                        if (i % 10 == 0) {
                            LockSupport.parkNanos(100_000);
                        }
                    }
                }
                done.countDown();
            };
            for (int i = 0; i < 20; i++) {
                engine.nextLoop().start("vu", body);
            }
            Thread.ofPlatform().daemon().start(body);
            assertThat(done.await(20, SECONDS)).isTrue();
            assertThat(count[0]).isEqualTo(21 * 50);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void waitAndNotifyWorkAcrossLoops(EngineOptions options) throws Exception {
        try (Engine engine = Engine.start(options)) {
            Object monitor = new Object();
            boolean[] ready = new boolean[1];
            CompletableFuture<Boolean> notified = new CompletableFuture<>();
            engine.loops().get(0).start("waiter", () -> {
                synchronized (monitor) {
                    try {
                        while (!ready[0]) {
                            monitor.wait(10_000);
                        }
                        notified.complete(true);
                    } catch (InterruptedException e) {
                        notified.completeExceptionally(e);
                    }
                }
            });
            engine.loops().get(1).start("notifier", () -> {
                synchronized (monitor) {
                    ready[0] = true;
                    monitor.notifyAll();
                }
            });
            assertThat(notified.get(5, SECONDS)).isTrue();
            long waited = inVu(engine.loops().get(0), () -> {
                long start = System.nanoTime();
                synchronized (monitor) {
                    monitor.wait(5);
                }
                return System.nanoTime() - start;
            });
            assertThat(waited).isBetween(MILLISECONDS.toNanos(5), SECONDS.toNanos(5));
        }
    }
}
