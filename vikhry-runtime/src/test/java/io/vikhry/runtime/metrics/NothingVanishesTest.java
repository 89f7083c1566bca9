package io.vikhry.runtime.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.engine.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sum over all seconds is what was recorded. */
class NothingVanishesTest {
    private final List<IntervalSnapshot> seconds = new CopyOnWriteArrayList<>();

    private static List<Recorder> recorders(Engine engine) {
        return engine.loops().stream().map(Loop::recorder).toList();
    }

    private static Engine engine(EngineOptions.Scheduler scheduler) {
        return Engine.start(EngineOptions.defaults().withLoops(2).withScheduler(scheduler));
    }

    /** A second of cluster time is 20 ms here, so that there are many swaps. */
    private static long fastMillis() {
        return System.nanoTime() / 20_000;
    }

    @ParameterizedTest
    @EnumSource(
            value = EngineOptions.Scheduler.class,
            names = {"LOOP", "FALLBACK"})
    void whenUsersAndOtherThreadsRecordWhileSecondsAreSwapped(EngineOptions.Scheduler scheduler) throws Exception {
        int vus = 40;
        int perVu = 5_000;
        int foreign = 20_000;
        try (Engine engine = engine(scheduler)) {
            AtomicBoolean onLoop = new AtomicBoolean();
            Collector collector =
                    Collector.start(recorders(engine), NothingVanishesTest::fastMillis, () -> vus, snapshot -> {
                        onLoop.compareAndSet(false, Loop.current() != null);
                        seconds.add(snapshot);
                    });
            CountDownLatch done = new CountDownLatch(vus + 1);
            for (int i = 0; i < vus; i++) {
                Loop loop = engine.nextLoop();
                loop.start("vu", () -> {
                    Series get = loop.recorder().series(Kind.REQUEST, "buy", "GET /x");
                    Series step = loop.recorder().series(Kind.STEP, "", "buy");
                    for (int n = 0; n < perVu; n++) {
                        long nanos = ThreadLocalRandom.current().nextLong(100_000_000);
                        get.recordStatus(nanos, nanos, false, 200, 1, 2);
                        step.record(nanos, nanos / 2, n % 10 == 0, n % 10 == 0 ? "CHECK" : "OK", 0, 0);
                        if (n % 5 == 0) {
                            get.failCheck("200", "CHECK_BODY");
                            loop.recorder().error(get, "CHECK_BODY", "body " + n % 3, null);
                        }
                        // However fast the machine is, the recording goes on over several seconds of the cluster.
                        while (n % (perVu / 4) == 0 && seconds.size() < n / (perVu / 4)) {
                            Thread.yield();
                        }
                        if (n % 50 == 0) {
                            Thread.yield();
                        }
                    }
                    done.countDown();
                });
            }
            Series shared = engine.loops().getFirst().recorder().series(Kind.CUSTOM, "", "from elsewhere");
            Thread.ofPlatform().daemon().start(() -> {
                for (int n = 0; n < foreign; n++) {
                    shared.record(5_000, 5_000, false, "OK", 0, 0);
                }
                done.countDown();
            });
            assertThat(done.await(60, SECONDS)).isTrue();
            collector.flush();
            assertThat(onLoop).isFalse();
        }
        Map<String, Long> counts = new TreeMap<>();
        Map<String, Long> codes = new TreeMap<>();
        Histogram response = new Histogram(3);
        response.setAutoResize(true);
        long failures = 0;
        long sent = 0;
        long errors = 0;
        for (IntervalSnapshot second : seconds) {
            errors += second.errorsBeyond();
            for (ErrorSnapshot error : second.errors()) {
                errors += error.count();
            }
            for (SeriesSnapshot series : second.series()) {
                counts.merge(series.name(), series.count(), Long::sum);
                series.codes().forEach((code, n) -> codes.merge(series.name() + " " + code, n, Long::sum));
                response.add(series.response());
                failures += series.failures();
                sent += series.bytesSent();
                assertThat(series.response().getTotalCount()).isEqualTo(series.count());
            }
        }
        long all = (long) vus * perVu;
        assertThat(counts).isEqualTo(Map.of("GET /x", all, "buy", all, "from elsewhere", (long) foreign));
        assertThat(codes)
                .isEqualTo(Map.of(
                        "GET /x 200",
                        all - all / 5,
                        "GET /x CHECK_BODY",
                        all / 5,
                        "buy OK",
                        all - all / 10,
                        "buy CHECK",
                        all / 10,
                        "from elsewhere OK",
                        (long) foreign));
        assertThat(response.getTotalCount()).isEqualTo(2 * all + foreign);
        assertThat(failures).isEqualTo(all / 5 + all / 10);
        assertThat(sent).isEqualTo(all);
        assertThat(errors).isEqualTo(all / 5);
        assertThat(seconds.size()).isGreaterThan(2);
    }

    @Test
    void whatIsCountedWhenASecondEndsIsNotAheadOfTheSamplesUntilThen() throws Exception {
        AtomicLong completed = new AtomicLong();
        List<Long> noted = new CopyOnWriteArrayList<>();
        try (Engine engine = engine(EngineOptions.Scheduler.LOOP)) {
            Collector collector = Collector.start(
                    recorders(engine),
                    NothingVanishesTest::fastMillis,
                    () -> 0,
                    () -> noted.add(completed.get()),
                    seconds::add);
            Loop loop = engine.nextLoop();
            CountDownLatch done = new CountDownLatch(1);
            loop.start("vu", () -> {
                Series series = loop.recorder().series(Kind.REQUEST, "buy", "GET /x");
                while (seconds.size() < 30) {
                    series.record(1, 1, false, "OK", 0, 0);
                    completed.incrementAndGet();
                    Thread.yield();
                }
                done.countDown();
            });
            assertThat(done.await(30, SECONDS)).isTrue();
            collector.flush();
        }
        long samples = 0;
        for (int second = 0; second < noted.size(); second++) {
            samples += seconds.get(second).series().stream()
                    .mapToLong(SeriesSnapshot::count)
                    .sum();
            assertThat(noted.get(second)).as("second %d", second).isLessThanOrEqualTo(samples);
        }
        assertThat(noted.getLast()).isPositive();
    }

    @Test
    void secondsComeInOrderWithoutGapsAlsoWithoutSamples() {
        long start = fastMillis();
        try (Engine engine = engine(EngineOptions.Scheduler.AUTO);
                Collector collector =
                        Collector.start(recorders(engine), NothingVanishesTest::fastMillis, () -> 7, seconds::add)) {
            await().atMost(Duration.ofSeconds(10)).until(() -> seconds.size() >= 10);
        }
        List<Long> stamps = new ArrayList<>();
        for (IntervalSnapshot second : seconds) {
            stamps.add(second.secondMillis());
            assertThat(second.secondMillis() % 1_000).isZero();
            assertThat(second.activeVus()).isEqualTo(7);
        }
        assertThat(stamps).doesNotHaveDuplicates().isSorted();
        assertThat(stamps.getFirst()).isGreaterThanOrEqualTo(start - start % 1_000);
    }

    @Test
    void whenALoopIsTooBusyToSwapItsPartComesLater() throws Exception {
        AtomicLong clock = new AtomicLong(10_000);
        try (Engine engine = engine(EngineOptions.Scheduler.LOOP)) {
            Loop busy = engine.loops().get(0);
            Loop free = engine.loops().get(1);
            AtomicBoolean stop = new AtomicBoolean();
            CountDownLatch recorded = new CountDownLatch(2);
            Collector collector = Collector.start(recorders(engine), clock::get, () -> 0, seconds::add);
            busy.start("hog", () -> {
                busy.recorder().series(Kind.STEP, "", "busy").record(1, 1, false, "OK", 0, 0);
                recorded.countDown();
                while (!stop.get()) {
                    Thread.onSpinWait();
                }
            });
            free.start("vu", () -> {
                free.recorder().series(Kind.STEP, "", "free").record(1, 1, false, "OK", 0, 0);
                recorded.countDown();
            });
            assertThat(recorded.await(5, SECONDS)).isTrue();
            clock.set(11_000);
            await().atMost(Duration.ofSeconds(5)).until(() -> !seconds.isEmpty());
            assertThat(seconds.getFirst().series())
                    .extracting(SeriesSnapshot::name)
                    .containsExactly("free");
            stop.set(true);
            collector.flush();
        }
        assertThat(seconds.subList(1, seconds.size()))
                .flatExtracting(IntervalSnapshot::series)
                .extracting(SeriesSnapshot::name)
                .containsExactly("busy");
    }

    @Test
    void aClockThatIsSetBackDoesNotStopTheSeconds() {
        AtomicLong clock = new AtomicLong(50_000);
        try (Engine engine = engine(EngineOptions.Scheduler.AUTO);
                Collector collector = Collector.start(recorders(engine), clock::get, () -> 0, seconds::add)) {
            clock.set(20_000);
            await().atMost(Duration.ofSeconds(5)).until(() -> !seconds.isEmpty());
        }
        assertThat(seconds.getFirst().secondMillis()).isEqualTo(50_000);
        assertThat(seconds).extracting(IntervalSnapshot::secondMillis).isSorted();
    }
}
