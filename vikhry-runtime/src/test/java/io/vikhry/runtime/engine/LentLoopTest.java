package io.vikhry.runtime.engine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vikhry.runtime.engine.EngineOptions.Scheduler;
import io.vikhry.runtime.engine.EngineOptions.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With the fallback scheduler a loop goes to and fro between its thread and a virtual thread beside the users. */
@Timeout(60)
class LentLoopTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** Longer than the loop's thread has patience with its guest. */
    private static final long LONG_NANOS = 30_000_000;

    private final AtomicBoolean stop = new AtomicBoolean();
    /** Users who hold their carriers need not any more. */
    private final AtomicBoolean released = new AtomicBoolean();

    @AfterEach
    void letGo() {
        released.set(true);
        stop.set(true);
    }

    private static Engine start() {
        return start(1, Transport.NIO);
    }

    private static Engine start(int loops, Transport transport) {
        return Engine.start(EngineOptions.defaults()
                .withLoops(loops)
                .withTransport(transport)
                .withScheduler(Scheduler.FALLBACK));
    }

    /** A task that comes again until the test stops, so that the loop always has something to do. */
    private final class Busy implements Runnable {
        private final Loop loop;
        final AtomicInteger times = new AtomicInteger();
        final Set<Boolean> virtual = ConcurrentHashMap.newKeySet();

        Busy(Loop loop) {
            this.loop = loop;
        }

        @Override
        public void run() {
            times.incrementAndGet();
            virtual.add(Thread.currentThread().isVirtual());
            if (!stop.get()) {
                loop.execute(this);
            }
        }
    }

    @Test
    void whileThereIsWorkTheLoopRunsBesideItsUsers() {
        try (Engine engine = start()) {
            Busy busy = new Busy(engine.loops().getFirst());
            busy.loop.execute(busy);
            await().atMost(SOON).until(() -> busy.virtual.contains(true));
            stop.set(true);
        }
    }

    @Test
    void whereUsersHoldAllCarriersTheLoopsThreadTakesItBack() {
        try (Engine engine = start()) {
            Busy busy = new Busy(engine.loops().getFirst());
            busy.loop.execute(busy);
            await().atMost(SOON).until(() -> busy.virtual.contains(true));
            int carriers = Runtime.getRuntime().availableProcessors();
            CountDownLatch holding = new CountDownLatch(carriers);
            for (int i = 0; i < carriers; i++) {
                busy.loop.start("hog", () -> {
                    holding.countDown();
                    while (!released.get()) {
                        Thread.onSpinWait();
                    }
                });
            }
            await().atMost(SOON).until(() -> holding.getCount() == 0);
            for (int round = 0; round < 3; round++) {
                busy.virtual.clear();
                int before = busy.times.get();
                await().atMost(SOON).until(() -> busy.times.get() > before + 10);
                assertThat(busy.virtual).containsExactly(false);
            }
            released.set(true);
            await("it is lent again").atMost(SOON).until(() -> busy.virtual.contains(true));
            stop.set(true);
        }
    }

    @Test
    void usersWhoBeginOrHaveSleptHaveTheirTurnWhereAllLoopsAreBusy() {
        int carriers = Runtime.getRuntime().availableProcessors();
        try (Engine engine = start(carriers, Transport.NIO)) {
            List<Busy> busy = engine.loops().stream().map(Busy::new).toList();
            busy.forEach(each -> each.loop.execute(each));
            await().atMost(SOON).until(() -> busy.stream().allMatch(each -> each.virtual.contains(true)));
            AtomicInteger slept = new AtomicInteger();
            for (int i = 0; i < 100; i++) {
                engine.nextLoop().start("sleeper-" + i, () -> {
                    for (int j = 0; j < 3 && !stop.get(); j++) {
                        LockSupport.parkNanos(1_000_000);
                    }
                    slept.incrementAndGet();
                });
            }
            await().atMost(SOON).until(() -> slept.get() == 100);
            stop.set(true);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Transport.class, names = "IO_URING", mode = EnumSource.Mode.EXCLUDE)
    void aLoopWithoutWorkRests(Transport transport) {
        assumeTrue(transport.isAvailable());
        try (Engine engine = start(1, transport)) {
            Busy busy = new Busy(engine.loops().getFirst());
            busy.loop.execute(busy);
            await().atMost(SOON).until(() -> busy.virtual.contains(true));
            stop.set(true);
            await().atMost(SOON).until(() -> engine.health().cpu() < 0.3);
        }
    }

    @Test
    void neverDoTwoRunItAtATimeAndNoTaskIsLost() throws Exception {
        try (Engine engine = start()) {
            Loop loop = engine.loops().getFirst();
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger together = new AtomicInteger();
            int[] done = {0};
            int users = 20;
            int each = 2_000;
            List<Thread> all = new ArrayList<>();
            for (int u = 0; u < users; u++) {
                all.add(loop.start("user-" + u, () -> {
                    for (int i = 0; i < each; i++) {
                        boolean slow = i % 1_000 == 500;
                        loop.execute(() -> {
                            together.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            spin(slow ? LONG_NANOS : 0);
                            done[0]++;
                            inside.decrementAndGet();
                        });
                        spin(i % 1_000 == 0 ? LONG_NANOS : 0);
                    }
                }));
            }
            for (Thread user : all) {
                user.join();
            }
            CountDownLatch last = new CountDownLatch(1);
            loop.execute(last::countDown);
            assertThat(last.await(20, SECONDS)).isTrue();
            assertThat(done[0]).isEqualTo(users * each);
            assertThat(together).hasValue(1);
        }
    }

    private static void spin(long nanos) {
        long until = System.nanoTime() + nanos;
        while (System.nanoTime() - until < 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aLoopThatIsLentEndsWithItsEngine() {
        Engine engine = start();
        Busy busy = new Busy(engine.loops().getFirst());
        Set<Thread> guests = ConcurrentHashMap.newKeySet();
        busy.loop.execute(busy);
        busy.loop.execute(new Runnable() {
            @Override
            public void run() {
                if (Thread.currentThread().isVirtual()) {
                    guests.add(Thread.currentThread());
                } else {
                    busy.loop.execute(this);
                }
            }
        });
        await().atMost(SOON).until(() -> !guests.isEmpty());
        stop.set(true);
        engine.close();
        assertThat(engine.netty().isTerminated()).isTrue();
        await().atMost(SOON).until(() -> guests.stream().noneMatch(Thread::isAlive));
    }
}
