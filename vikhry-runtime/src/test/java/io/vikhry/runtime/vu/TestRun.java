package io.vikhry.runtime.vu;

import static org.awaitility.Awaitility.await;

import io.vikhry.api.ResourceException;
import io.vikhry.api.ResourceTimeoutException;
import io.vikhry.api.TogetherException;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.engine.EngineOptions.Scheduler;
import io.vikhry.runtime.engine.EngineOptions.Transport;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.VuSet;
import io.vikhry.runtime.metrics.Collector;
import io.vikhry.runtime.metrics.ErrorSnapshot;
import io.vikhry.runtime.metrics.IntervalSnapshot;
import io.vikhry.runtime.metrics.Kind;
import io.vikhry.runtime.metrics.SeriesSnapshot;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.Sources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * A scenario at work on a real engine. Scenarios say what happened through {@code say("…")}: their classes are apart from the
 * test's, so a queue in the system properties is what both see.
 */
final class TestRun implements AutoCloseable {
    static final String SAY = """
            @SuppressWarnings("unchecked")
            static void say(Object what) { ((Queue<Object>) System.getProperties().get("vikhry.test.said")).add(what); }
            """;

    final Queues said = new Queues();
    final Engine engine;
    final LoadedScenario scenario;
    final Fence fence = Fence.open();
    final Pools pools = new Pools();
    final VuExecutor users;
    final List<IntervalSnapshot> seconds = new CopyOnWriteArrayList<>();
    private final Collector collector;

    private TestRun(
            EngineOptions mode, VuOptions options, Map<String, String> params, Leash leash, Path dir, String body) {
        System.getProperties().put("vikhry.test.said", said.queue);
        this.scenario = Sources.load(dir, "TestVU", SAY + body);
        this.engine = Engine.start(mode);
        this.users = new VuExecutor(
                engine, scenario, scenario.params().parse(params), 42, fence, pools, pools, options, leash);
        this.collector = Collector.start(
                engine.loops().stream().map(Loop::recorder).toList(),
                System::currentTimeMillis,
                users::activeVus,
                seconds::add);
    }

    static TestRun of(EngineOptions mode, Path dir, String body) {
        return of(mode, VuOptions.DEFAULT.withStartSpread(Duration.ZERO), dir, body);
    }

    static TestRun of(EngineOptions mode, VuOptions options, Path dir, String body) {
        return new TestRun(mode, options, Map.of(), Leash.NONE, dir, body);
    }

    static TestRun of(EngineOptions mode, Map<String, String> params, Path dir, String body) {
        return of(mode, params, Leash.NONE, dir, body);
    }

    static TestRun of(EngineOptions mode, Map<String, String> params, Leash leash, Path dir, String body) {
        return new TestRun(mode, VuOptions.DEFAULT.withStartSpread(Duration.ZERO), params, leash, dir, body);
    }

    /** Both schedulers; the fallback on Java's own sockets, unless {@code vikhry.transport} asks for others. */
    static Stream<EngineOptions> modes() {
        EngineOptions usual = EngineOptions.defaults().withLoops(2);
        Transport elsewhere = usual.transport() == Transport.AUTO ? Transport.NIO : usual.transport();
        return Stream.of(
                usual.withScheduler(Scheduler.LOOP),
                usual.withTransport(elsewhere).withScheduler(Scheduler.FALLBACK));
    }

    void follow(int users) {
        this.users.follow(VuSet.of(0, 1_000_000), LoadCurve.constant(users), System.nanoTime());
    }

    /** Runs the first so many users until all of them have ended by themselves. */
    void runOut(int count) {
        follow(count);
        await().atMost(Duration.ofSeconds(30)).until(() -> users.startedVus() == count && users.activeVus() == 0);
    }

    /** Ends the users and the collector, and adds up a series. */
    Sum sum(Kind kind, String name) {
        users.close();
        collector.flush();
        Sum sum = new Sum();
        for (IntervalSnapshot second : seconds) {
            for (SeriesSnapshot series : second.series()) {
                if (series.kind() == kind && series.name().equals(name)) {
                    sum.add(series);
                }
            }
        }
        return sum;
    }

    /** Ends the users and the collector, and gives all errors. */
    List<ErrorSnapshot> errors() {
        users.close();
        collector.flush();
        return seconds.stream().flatMap(second -> second.errors().stream()).toList();
    }

    @Override
    public void close() {
        fence.close();
        users.close();
        collector.close();
        engine.close();
        scenario.close();
    }

    /** What scenarios said. */
    static final class Queues {
        final ConcurrentLinkedQueue<Object> queue = new ConcurrentLinkedQueue<>();

        long count(Object what) {
            return queue.stream().filter(what::equals).count();
        }

        List<Object> all() {
            return List.copyOf(queue);
        }
    }

    /** A series over all seconds. */
    static final class Sum {
        long count;
        long failures;
        long maxResponseMicros;
        long maxServiceMicros;
        final Histogram response = new Histogram(3);
        final Histogram service = new Histogram(3);
        final Map<String, Long> codes = new HashMap<>();

        void add(SeriesSnapshot series) {
            count += series.count();
            failures += series.failures();
            series.codes().forEach((code, n) -> codes.merge(code, n, Long::sum));
            maxResponseMicros = Math.max(maxResponseMicros, series.response().getMaxValue());
            var service = series.service() == null ? series.response() : series.service();
            this.response.add(series.response());
            this.service.add(service);
            maxServiceMicros = Math.max(maxServiceMicros, service.getMaxValue());
        }
    }

    /** Pools in this process. */
    static final class Pools implements ResourceLeases, Commons {
        private final Map<String, ArrayDeque<String>> free = new HashMap<>();
        private final Map<String, Lease> held = new ConcurrentHashMap<>();
        private final Map<String, String> onces = new ConcurrentHashMap<>();
        final List<String> faulty = new CopyOnWriteArrayList<>();
        private long leases;
        final List<Long> releasedAll = new CopyOnWriteArrayList<>();

        synchronized void add(String pool, String... payloads) {
            free.computeIfAbsent(pool, p -> new ArrayDeque<>()).addAll(List.of(payloads));
        }

        synchronized List<String> free(String pool) {
            return new ArrayList<>(free.getOrDefault(pool, new ArrayDeque<>()));
        }

        @Override
        public Lease acquire(String pool, long vuId, Duration timeout) throws InterruptedException {
            long until = System.nanoTime() + timeout.toNanos();
            while (true) {
                synchronized (this) {
                    ArrayDeque<String> items = free.get(pool);
                    if (items == null) {
                        throw new ResourceException("there is no pool \"" + pool + "\"");
                    }
                    String payload = items.poll();
                    if (payload != null) {
                        Lease lease = new Lease(pool, String.valueOf(held.size() + 1), vuId, ++leases, payload);
                        held.put(pool + lease.id(), lease);
                        return lease;
                    }
                }
                if (System.nanoTime() - until > 0) {
                    throw new ResourceTimeoutException("no free item in pool \"" + pool + "\" within " + timeout);
                }
                Thread.sleep(1);
            }
        }

        @Override
        public synchronized void release(Lease lease) {
            if (held.remove(lease.pool() + lease.id()) != null) {
                free.get(lease.pool()).add(lease.payload());
            }
        }

        @Override
        public synchronized void releaseFaulty(Lease lease, String reason, int faults) {
            faulty.add(lease.payload() + " " + reason + " " + faults);
            release(lease);
        }

        @Override
        public synchronized String once(String key, long vuId, Duration timeout, Callable<String> body)
                throws Exception {
            String value = onces.get(key);
            if (value == null) {
                value = body.call();
                onces.put(key, value);
            }
            return value;
        }

        @Override
        public void barrier(String name, long vuId, Duration timeout) {
            throw new TogetherException("nobody else came to barrier \"" + name + "\"");
        }

        @Override
        public synchronized void releaseAll(long vuId) {
            releasedAll.add(vuId);
            List.copyOf(held.values()).stream()
                    .filter(lease -> lease.vuId() == vuId)
                    .forEach(this::release);
        }
    }
}
