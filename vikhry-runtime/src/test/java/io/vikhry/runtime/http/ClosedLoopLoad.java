package io.vikhry.runtime.http;

import io.vikhry.api.Http;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.metrics.Collector;
import io.vikhry.runtime.metrics.SeriesSnapshot;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A closed loop without think time through the public HTTP API, with recording on: the generator's own cost of a request.
 *
 * <pre>
 * java [-Dvikhry.loops=1] [-Dvikhry.transport=epoll] ... ClosedLoopLoad URL USERS SECONDS [keep|discard]
 * </pre>
 *
 * Each user asks for the URL again and again; {@code keep} (the default) reads the body and looks at its length, {@code discard}
 * is {@code discardBody()}. Every second, and at the end, prints requests per second, bytes allocated per request by the whole
 * JVM, and percentiles of the response time in µs. Meant to be pinned to a core by {@code taskset} and compared with another
 * client in the same minutes; alone its figures say little.
 */
public final class ClosedLoopLoad {
    private static final AtomicLong REQUESTS = new AtomicLong();

    private ClosedLoopLoad() {}

    public static void main(String[] args) throws Exception {
        if (args.length < 3) {
            System.err.println("usage: ClosedLoopLoad URL USERS SECONDS [keep|discard]");
            System.exit(2);
        }
        URI url = URI.create(args[0]);
        int users = Integer.parseInt(args[1]);
        long seconds = Long.parseLong(args[2]);
        boolean discard = args.length > 3 && args[3].equals("discard");
        try (Engine engine = Engine.start(EngineOptions.defaults())) {
            System.out.println(
                    engine.describe() + ", " + users + " users, " + (discard ? "bodies discarded" : "bodies kept"));
            Collector collector = Collector.start(
                    engine.loops().stream().map(Loop::recorder).toList(),
                    System::currentTimeMillis,
                    () -> users,
                    interval -> interval.series().forEach(ClosedLoopLoad::count));
            CountDownLatch ended = new CountDownLatch(users);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < users; i++) {
                Owner owner = new Owner(engine, engine.nextLoop());
                threads.add(owner.loop.start("user-" + i, () -> {
                    try (Http http = HttpClients.builder(
                                    owner, URI.create(url.resolve("/").toString()))
                            .build()) {
                        while (!Thread.currentThread().isInterrupted()) {
                            if (discard) {
                                http.get(url.getPath()).discardBody().send().expectStatus(200);
                            } else if (http.get(url.getPath())
                                            .send()
                                            .expectStatus(200)
                                            .body()
                                            .length
                                    == 0) {
                                throw new IllegalStateException("no body");
                            }
                        }
                    } catch (io.vikhry.api.HttpException e) {
                        if (!Thread.currentThread().isInterrupted()) {
                            System.err.println(e.getMessage());
                        }
                    } finally {
                        ended.countDown();
                    }
                }));
            }
            long start = System.nanoTime();
            long allocated = allocated();
            long requests = REQUESTS.get();
            while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(seconds) && !ended.await(2, TimeUnit.SECONDS)) {
                long a = allocated();
                long r = REQUESTS.get();
                System.out.printf(
                        Locale.ROOT,
                        "%d requests, %.0f B allocated each%n",
                        r,
                        (a - allocated) / (double) (r - requests));
                allocated = a;
                requests = r;
            }
            threads.forEach(Thread::interrupt);
            ended.await(10, TimeUnit.SECONDS);
            collector.close();
        }
    }

    private static void count(SeriesSnapshot s) {
        REQUESTS.addAndGet(s.count());
        System.out.printf(
                Locale.ROOT,
                "%s %s: %d/s, %d failed, p50 %d p99 %d p99.9 %d max %d us%n",
                s.name(),
                s.codes(),
                s.count(),
                s.failures(),
                s.response().getValueAtPercentile(50),
                s.response().getValueAtPercentile(99),
                s.response().getValueAtPercentile(99.9),
                s.response().getMaxValue());
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
    }

    private record Owner(Engine engine, Loop loop) implements ClientOwner {
        @Override
        public String step() {
            return "load";
        }

        @Override
        public long latenessNanos() {
            return 0;
        }

        @Override
        public Gate gate() {
            return Gate.OPEN;
        }

        @Override
        public void closeAtEnd(AutoCloseable client) {}
    }
}
