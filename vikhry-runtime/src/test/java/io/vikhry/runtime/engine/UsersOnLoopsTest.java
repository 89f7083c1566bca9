package io.vikhry.runtime.engine;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a VU and the code around it may rely on, in every mode an engine can run in. */
class UsersOnLoopsTest {
    private static final String ALL = "io.vikhry.runtime.engine.EngineModes#all";
    private static final String ON_LOOPS = "io.vikhry.runtime.engine.EngineModes#onLoops";

    private static <T> T inVu(Loop loop, Callable<T> body) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.start("vu", () -> {
            try {
                result.complete(body.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(20, SECONDS);
    }

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
    void tasksRunOnTheLoopsOwnThreadInTheOrderGiven(EngineOptions options) throws Exception {
        try (Engine engine = Engine.start(options)) {
            Loop loop = engine.loops().getFirst();
            List<Integer> order = new ArrayList<>();
            inVu(loop, () -> {
                CountDownLatch done = new CountDownLatch(1);
                for (int i = 0; i < 1_000; i++) {
                    int number = i;
                    loop.execute(() -> {
                        assertThat(Thread.currentThread()).isInstanceOf(LoopThread.class);
                        assertThat(loop.netty().inEventLoop()).isTrue();
                        assertThat(loop.inLoop()).isTrue();
                        order.add(number);
                    });
                }
                loop.execute(done::countDown);
                return assertThat(done.await(5, SECONDS)).isTrue();
            });
            assertThat(order).hasSize(1_000).isSorted();
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

    /** What a watchdog needs to name a VU that keeps its loop. */
    @ParameterizedTest
    @MethodSource(ON_LOOPS)
    void aVuThatHogsItsLoopCanBeNamed(EngineOptions options) throws Exception {
        try (Engine engine = Engine.start(options)) {
            Loop loop = engine.loops().getFirst();
            AtomicBoolean stop = new AtomicBoolean();
            CountDownLatch hogging = new CountDownLatch(1);
            loop.start("hog-7", () -> {
                hogging.countDown();
                while (!stop.get()) {
                    Thread.onSpinWait();
                }
            });
            assertThat(hogging.await(5, SECONDS)).isTrue();
            assertThat(loop.mounted()).hasValueSatisfying(thread -> {
                assertThat(thread.getName()).isEqualTo("hog-7");
                assertThat(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().startsWith(UsersOnLoopsTest.class.getName()));
            });
            long before = loop.continuations();
            Health health = engine.health();
            assertThat(health.loopUtilisation()).isEqualTo(1);
            assertThat(health.loopLagP99Micros()).isGreaterThan(100_000);
            assertThat(loop.continuations()).isEqualTo(before);
            stop.set(true);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void usersThatYieldToEachOtherDoNotKeepTheLoopFromOtherWork(EngineOptions options) throws Exception {
        try (Engine engine = Engine.start(options)) {
            Loop loop = engine.loops().getFirst();
            AtomicBoolean stop = new AtomicBoolean();
            for (int i = 0; i < 4; i++) {
                loop.start("yielder", () -> {
                    while (!stop.get()) {
                        Thread.yield();
                    }
                });
            }
            try {
                CompletableFuture<String> order = new CompletableFuture<>();
                loop.netty().schedule(() -> order.complete("ran"), 5, MILLISECONDS);
                assertThat(order.get(5, SECONDS)).isEqualTo("ran");
                CountDownLatch timer = new CountDownLatch(1);
                loop.execute(() -> loop.after(MILLISECONDS.toNanos(2), timer::countDown));
                assertThat(timer.await(5, SECONDS)).isTrue();
            } finally {
                stop.set(true);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aTimerFiresOnceUnlessCancelledAndCanBeArmedAgain(EngineOptions options) throws Exception {
        try (Engine engine = Engine.start(options)) {
            Loop loop = engine.loops().getFirst();
            AtomicInteger fired = new AtomicInteger();
            CompletableFuture<Long> last = new CompletableFuture<>();
            Timer timer = loop.timer(fired::incrementAndGet);
            loop.execute(() -> {
                timer.arm(MILLISECONDS.toNanos(1));
                assertThat(timer.cancel()).isTrue();
                assertThat(timer.cancel()).isFalse();
                timer.arm(SECONDS.toNanos(60));
                timer.arm(MILLISECONDS.toNanos(2));
                loop.after(MILLISECONDS.toNanos(30), () -> {
                    assertThat(timer.armed()).isFalse();
                    timer.arm(MILLISECONDS.toNanos(1));
                    long start = System.nanoTime();
                    loop.after(MILLISECONDS.toNanos(30), () -> last.complete(System.nanoTime() - start));
                });
            });
            assertThat(last.get(5, SECONDS)).isGreaterThanOrEqualTo(MILLISECONDS.toNanos(30));
            assertThat(fired).hasValue(2);
            assertThatThrownBy(() -> timer.arm(1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void healthTellsOfABusyProcess(EngineOptions options) throws Exception {
        try (Engine engine = Engine.start(options)) {
            engine.health();
            inVu(engine.loops().getFirst(), () -> {
                long end = System.nanoTime() + MILLISECONDS.toNanos(100);
                int turns = 0;
                while (System.nanoTime() < end) {
                    turns++;
                }
                return turns;
            });
            Health health = engine.health();
            assertThat(health.cpu()).isPositive();
            assertThat(health.rssBytes()).isGreaterThan(1 << 20);
            assertThat(health.heapBytes()).isPositive();
            assertThat(health.loopUtilisation()).isBetween(0.0, 1.0);
            if (!engine.fallback()) {
                assertThat(health.loopUtilisation()).isGreaterThan(0.3);
                assertThat(health.loopLagP99Micros()).isPositive();
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aClosedEngineTakesNoMoreWorkAndDisturbsNobody(EngineOptions options) throws Exception {
        Engine engine = Engine.start(options);
        Loop loop = engine.loops().getFirst();
        CountDownLatch parked = new CountDownLatch(1);
        Thread vu = loop.start("vu", () -> {
            parked.countDown();
            LockSupport.park();
        });
        assertThat(parked.await(5, SECONDS)).isTrue();
        engine.close();
        LockSupport.unpark(vu);
        assertThatThrownBy(() -> loop.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> loop.start("late", () -> {})).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theEngineSaysHowUsersRun() {
        EngineOptions nio = EngineOptions.defaults().withLoops(2).withTransport(EngineOptions.Transport.NIO);
        try (Engine engine = Engine.start(nio.withScheduler(EngineOptions.Scheduler.LOOP))) {
            assertThat(engine.describe()).isEqualTo("nio, users on 2 loops");
        }
        try (Engine engine = Engine.start(nio.withLoops(1).withScheduler(EngineOptions.Scheduler.FALLBACK))) {
            assertThat(engine.describe()).isEqualTo("nio, 1 loop, fallback scheduler: as asked for");
        }
    }
}
