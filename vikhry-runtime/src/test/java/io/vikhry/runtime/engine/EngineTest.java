package io.vikhry.runtime.engine;

import static io.vikhry.runtime.engine.OneVu.inVu;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an engine's loops do for those around the users, in every mode it can run in. */
class EngineTest {
    private static final String ALL = "io.vikhry.runtime.engine.EngineModes#all";
    private static final String ON_LOOPS = "io.vikhry.runtime.engine.EngineModes#onLoops";

    @ParameterizedTest
    @MethodSource(ALL)
    void tasksRunOnTheLoopAndNotInAUserInTheOrderGiven(EngineOptions options) throws Exception {
        try (Engine engine = Engine.start(options)) {
            Loop loop = engine.loops().getFirst();
            List<Integer> order = new ArrayList<>();
            inVu(loop, () -> {
                CountDownLatch done = new CountDownLatch(1);
                for (int i = 0; i < 1_000; i++) {
                    int number = i;
                    loop.execute(() -> {
                        assertThat(Thread.currentThread().getName()).startsWith("vikhry-loop-");
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
                        .anyMatch(frame -> frame.getClassName().startsWith(EngineTest.class.getName()));
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
            // Who asks late, on a machine that is busy otherwise, hears of the time since then as well.
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
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
            });
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
