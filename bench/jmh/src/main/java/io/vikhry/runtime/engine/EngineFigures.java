package io.vikhry.runtime.engine;

import io.vikhry.runtime.metrics.Kind;
import io.vikhry.runtime.metrics.Series;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Prints what an engine costs on this machine: {@code handoff}, {@code start}, {@code record}, {@code timers}, {@code arrivals}
 * or {@code memory}, a number, and how often. The engine takes its options from the system properties.
 */
final class EngineFigures {
    private EngineFigures() {}

    /** A connection's part in a request: the VU leaves it with the loop, the loop wakes the VU. */
    private static final class Exchange implements Runnable {
        final Thread vu;
        volatile boolean answered;

        Exchange(Thread vu) {
            this.vu = vu;
        }

        @Override
        public void run() {
            answered = true;
            LockSupport.unpark(vu);
        }
    }

    public static void main(String[] args) throws Exception {
        int number = Integer.parseInt(args[1]);
        int rounds = Integer.parseInt(args[2]);
        try (Engine engine = Engine.start()) {
            System.out.println(engine.describe());
            for (int round = 0; round < rounds; round++) {
                switch (args[0]) {
                    case "handoff" -> handoff(engine, number);
                    case "start" -> starts(engine, number);
                    case "record" -> record(engine, number);
                    case "timers" -> timers(engine, number);
                    case "arrivals" -> arrivals(engine, number);
                    case "memory" -> {
                        memory(engine, number);
                        round = rounds;
                    }
                    default -> throw new IllegalArgumentException(args[0]);
                }
            }
            System.out.println(engine.health());
        }
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** {@code each} VUs on every loop, each handing over to its loop and waiting. */
    private static void handoff(Engine engine, int each) throws InterruptedException {
        int number = each * engine.loops().size();
        int rounds = 8_000_000 / number;
        CountDownLatch done = new CountDownLatch(number);
        long cpu = cpuNanos();
        long start = System.nanoTime();
        for (int i = 0; i < number; i++) {
            // Neighbours on the same loop, as users are.
            Loop loop = engine.loops().get(i / each);
            loop.start("vu", () -> {
                Exchange exchange = new Exchange(Thread.currentThread());
                for (int n = 0; n < rounds; n++) {
                    exchange.answered = false;
                    loop.execute(exchange);
                    while (!exchange.answered) {
                        LockSupport.park();
                    }
                }
                done.countDown();
            });
        }
        done.await();
        double total = (double) rounds * number;
        System.out.printf(
                "handoff: %d VUs, %.0f ns CPU each, %.0f a second%n",
                number, (cpuNanos() - cpu) / total, total * 1e9 / (System.nanoTime() - start));
    }

    /** {@code number} new virtual threads, dealt to the loops; on each of them one after the other ended. */
    private static void starts(Engine engine, int number) throws InterruptedException {
        int each = number / engine.loops().size();
        CountDownLatch done = new CountDownLatch(engine.loops().size());
        long began = System.nanoTime();
        long cpu = cpuNanos();
        for (Loop loop : engine.loops()) {
            loop.start("first", () -> next(loop, each, done));
        }
        done.await();
        int begun = each * engine.loops().size();
        System.out.printf(
                "start: %.0f ns CPU each, %.0f a second%n",
                (double) (cpuNanos() - cpu) / begun, begun * 1e9 / (System.nanoTime() - began));
    }

    private static void next(Loop loop, int left, CountDownLatch done) {
        if (left > 1) {
            loop.start("vu", () -> next(loop, left - 1, done));
        } else {
            done.countDown();
        }
    }

    private static void record(Engine engine, int number) throws InterruptedException {
        Loop loop = engine.loops().getFirst();
        CountDownLatch done = new CountDownLatch(1);
        loop.start("vu", () -> {
            Series series = loop.recorder().series(Kind.REQUEST, "", "GET /x");
            long cpu = cpuNanos();
            for (int n = 0; n < number; n++) {
                series.recordStatus(1_000 + (n & 0xfffff), 1_000 + (n & 0xfffff), false, 200, 100, 200);
            }
            System.out.printf("record: %.1f ns each%n", (double) (cpuNanos() - cpu) / number);
            done.countDown();
        });
        done.await();
        CountDownLatch swapped = new CountDownLatch(1);
        loop.execute(swapped::countDown);
        swapped.await();
    }

    /** So many VUs that sleep for a tenth of a second, again and again, that they wake {@code number} times a second. */
    private static void timers(Engine engine, int number) throws InterruptedException {
        ConcurrentHistogram late = new ConcurrentHistogram(60_000_000_000L, 3);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicBoolean measuring = new AtomicBoolean();
        int sleepers = number / 10;
        CountDownLatch done = new CountDownLatch(sleepers);
        for (int i = 0; i < sleepers; i++) {
            int index = i;
            engine.nextLoop().start("vu", () -> {
                try {
                    Thread.sleep(Duration.ofNanos(100_000_000L * index / sleepers));
                    while (!stop.get()) {
                        long start = System.nanoTime();
                        Thread.sleep(100);
                        if (measuring.get()) {
                            late.recordValue(Math.max(0, System.nanoTime() - start - 100_000_000L));
                        }
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                done.countDown();
            });
        }
        TimeUnit.SECONDS.sleep(4);
        engine.health();
        measuring.set(true);
        long cpu = cpuNanos();
        TimeUnit.SECONDS.sleep(5);
        cpu = cpuNanos() - cpu;
        measuring.set(false);
        System.out.printf(
                "timers: %d wake-ups/s, late p50 %d us, p99 %d us, p99.9 %d us, max %d us, %.2f us CPU each; %s%n",
                late.getTotalCount() / 5,
                late.getValueAtPercentile(50) / 1_000,
                late.getValueAtPercentile(99) / 1_000,
                late.getValueAtPercentile(99.9) / 1_000,
                late.getMaxValue() / 1_000,
                cpu / 1_000.0 / late.getTotalCount(),
                engine.health());
        stop.set(true);
        done.await();
    }

    /** {@code number} arrivals a second on one loop, evenly spaced, each a new virtual thread that notes how late it is. */
    private static void arrivals(Engine engine, int number) throws InterruptedException {
        Loop loop = engine.loops().getFirst();
        Arrivals arrivals = new Arrivals(loop, number, TimeUnit.SECONDS.toNanos(5));
        engine.health();
        long cpu = cpuNanos();
        loop.execute(arrivals::begin);
        arrivals.done.await();
        cpu = cpuNanos() - cpu;
        Histogram late = arrivals.late;
        System.out.printf(
                "arrivals: %d/s asked, %d/s begun, late p50 %d us, p99 %d us, p99.9 %d us, max %d us, %.2f us CPU each; %s%n",
                number,
                late.getTotalCount() * 1_000_000_000L / arrivals.tookNanos,
                late.getValueAtPercentile(50) / 1_000,
                late.getValueAtPercentile(99) / 1_000,
                late.getValueAtPercentile(99.9) / 1_000,
                late.getMaxValue() / 1_000,
                cpu / 1_000.0 / late.getTotalCount(),
                engine.health());
    }

    /** What is due on one loop, released by one timer as an arrival line does it; all of it on the loop. */
    private static final class Arrivals {
        final Histogram late = new Histogram(60_000_000_000L, 3);
        final CountDownLatch done = new CountDownLatch(1);
        volatile long tookNanos;
        private final Loop loop;
        private final double gapNanos;
        private final long total;
        private final Timer timer;
        private long beganNanos;
        private long released;
        private long begun;

        Arrivals(Loop loop, int perSecond, long nanos) {
            this.loop = loop;
            this.gapNanos = 1e9 / perSecond;
            this.total = (long) (nanos / gapNanos);
            this.timer = loop.timer(this::release);
        }

        void begin() {
            beganNanos = System.nanoTime();
            release();
        }

        private void release() {
            long now = System.nanoTime();
            long due = beganNanos + (long) (released * gapNanos);
            while (released < total && due <= now) {
                long intended = due;
                loop.start("arrival", () -> note(intended));
                released++;
                due = beganNanos + (long) (released * gapNanos);
            }
            if (released < total) {
                timer.arm(due - now);
            }
        }

        private void note(long intended) {
            long now = System.nanoTime();
            late.recordValue(Math.max(0, now - intended));
            if (++begun == total) {
                tookNanos = now - beganNanos;
                done.countDown();
            }
        }
    }

    /** {@code number} VUs that are parked. */
    private static void memory(Engine engine, int number) throws InterruptedException {
        System.gc();
        Health before = engine.health();
        CountDownLatch parked = new CountDownLatch(number);
        Thread[] vus = new Thread[number];
        long began = System.nanoTime();
        for (int i = 0; i < number; i++) {
            vus[i] = engine.nextLoop().start("vu", () -> {
                parked.countDown();
                LockSupport.park();
            });
        }
        parked.await();
        long took = System.nanoTime() - began;
        System.gc();
        Health after = engine.health();
        System.out.printf(
                "memory: %d parked VUs, started in %d ms, heap %d B each, rss %d MB in all, heap %d MB%n",
                vus.length,
                took / 1_000_000,
                (after.heapBytes() - before.heapBytes()) / number,
                after.rssBytes() >> 20,
                after.heapBytes() >> 20);
        for (Thread vu : vus) {
            LockSupport.unpark(vu);
        }
    }
}
