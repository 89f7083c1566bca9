package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.awaitility.Awaitility.await;

import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.load.ArrivalSchedule;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.LoadCurve.Stage;
import io.vikhry.runtime.load.VuSet;
import io.vikhry.runtime.metrics.Kind;
import io.vikhry.runtime.vu.FreezingTarget.Served;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Response times with a server that freezes for a tenth of the time, against what the server and the users themselves saw.
 *
 * <p>The truth is computed apart from all that measures: when each request was due follows from the rate, or from the pace and
 * the moment at which its user was ready; when it was answered stands in the server's log. A machine that is late makes it a
 * range: a user's pace began after the user was ready and before its least late request, and an answer was there after the
 * server began to write it and before the user went on. However busy the machine is, the percentiles measured must lie between
 * those of the two ends, within 1 ms or 1 %. A generator that leaves out starts, drifts, or counts from when it sent, does not:
 * it is off by hundreds of ms.
 */
class TruthOfResponseTimesIT {
    private static final Logger LOG = LoggerFactory.getLogger(TruthOfResponseTimesIT.class);
    /**
     * Asks that a request is answered when it should be, too: within 1 ms or 1 % of the time counted from when it was due by
     * the clock to when the server wrote its answer. For a machine that does nothing else.
     */
    private static final boolean STRICT = Boolean.getBoolean("vikhry.truth.strict");

    private static final double[] PERCENTILES = {50, 95, 99, 99.9, 100};
    private static final int RATE = 1000;
    private static final int SECONDS = 7;
    private static final long FREEZE_AFTER = 3_000_000_000L;
    private static final long FREEZE_FOR = 700_000_000L;

    @TempDir
    Path dir;

    /** A request as its user saw it: before it was sent, and when the answer was there. */
    private record Asked(int vu, long beginNanos, long endNanos) {}

    /** When a request was due, at the earliest and at the latest, when the server answered it, and when its user had the answer. */
    private record Sample(long dueNanos, long dueAtLatest, long readNanos, long answeredNanos, long endNanos) {
        long truth() {
            return answeredNanos - dueNanos;
        }

        long least() {
            return answeredNanos - dueAtLatest;
        }

        long most() {
            return endNanos - dueNanos;
        }
    }

    /** One loop, so that users start in the order of the arrivals. */
    @Test
    void inTheOpenModel() throws IOException {
        try (FreezingTarget target = target();
                TestRun run = TestRun.of(EngineOptions.defaults().withLoops(1), dir, scenario(target, ""))) {
            long t0 = System.nanoTime() + 300_000_000;
            target.begin(t0);
            LoadCurve rate = LoadCurve.of(List.of(new Stage(0, RATE, 0), new Stage(SECONDS * 1000, 0, 0)));
            run.users.follow(new ArrivalLoad(VuSet.of(0, 3000), 1000, rate, ArrivalSchedule.Part.ALL, t0, 0));
            await().atMost(Duration.ofSeconds(SECONDS + 5))
                    .until(() -> run.users.arrivals().completed() == RATE * SECONDS);

            TestRun.Sum sum = run.sum(Kind.REQUEST, "GET /");
            assertThat(target.served()).as("no start is dropped").hasSize(RATE * SECONDS);
            Map<Integer, List<Served>> served = byUser(target);
            Map<Integer, Integer> seen = new HashMap<>();
            List<Sample> samples = new ArrayList<>();
            List<Asked> inOrder = asked(run).stream()
                    .sorted(Comparator.comparingLong(Asked::beginNanos))
                    .toList();
            for (Asked asked : inOrder) {
                Served one = served.get(asked.vu()).get(seen.merge(asked.vu(), 1, Integer::sum) - 1);
                long due = t0 + samples.size() * (1_000_000_000L / RATE);
                samples.add(new Sample(due, due, one.readNanos(), one.answeredNanos(), asked.endNanos()));
            }
            compare(sum, samples);
        }
    }

    @ParameterizedTest
    @CsvSource({"50, 50", "1500, 1500"})
    void withAPaceInTheClosedModel(int users, int everyMillis) throws IOException {
        try (FreezingTarget target = target();
                TestRun run = TestRun.of(
                        EngineOptions.defaults().withLoops(2),
                        dir,
                        scenario(target, "every = \"" + everyMillis + "ms\""))) {
            long t0 = System.nanoTime();
            target.begin(t0);
            run.follow(users);
            await().atMost(Duration.ofSeconds(SECONDS + 5))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> System.nanoTime() - t0 > SECONDS * 1_000_000_000L);
            // Nobody is cut off between the answer of a request and what its user says of it.
            run.follow(0);
            await().atMost(Duration.ofSeconds(10)).until(() -> run.users.activeVus() == 0);
            TestRun.Sum sum = run.sum(Kind.REQUEST, "GET /");

            long every = everyMillis * 1_000_000L;
            Map<Integer, List<Served>> served = byUser(target);
            Map<Integer, List<Asked>> asked = asked(run).stream().collect(Collectors.groupingBy(Asked::vu));
            Map<Integer, Long> ready = run.said.all().stream()
                    .map(long[].class::cast)
                    .filter(said -> said.length == 2)
                    .collect(Collectors.toMap(said -> (int) said[0], said -> said[1]));
            assertThat(served).hasSize(users);
            List<Sample> samples = new ArrayList<>();
            int owed = 0;
            long[] phases = new long[users];
            // Places are counted from when the first user might begin: after one was ready, and before one had begun.
            long downbeat = Collections.min(ready.values());
            long slack = asked(run).stream().mapToLong(Asked::beginNanos).min().orElseThrow() - downbeat;
            long lag = 0;
            for (Map.Entry<Integer, List<Served>> user : served.entrySet()) {
                List<Served> answers = user.getValue();
                List<Asked> requests = asked.get(user.getKey());
                assertThat(requests).hasSameSizeAs(answers);
                long atLatest = Long.MAX_VALUE;
                for (int k = 0; k < requests.size(); k++) {
                    atLatest = Math.min(atLatest, requests.get(k).beginNanos() - k * every);
                }
                long place = downbeat + (long) (Downbeats.phase(user.getKey()) * every);
                long begin = user.getKey() == 0 ? ready.get(0) : atLatest - Math.floorMod(atLatest - place, every);
                assertThat(begin)
                        .as("the pace of user %s", user.getKey())
                        .isGreaterThanOrEqualTo(ready.get(user.getKey()) - slack);
                lag += (atLatest - begin) / users;
                for (int k = 0; k < answers.size(); k++) {
                    samples.add(new Sample(
                            begin + k * every,
                            atLatest + k * every,
                            answers.get(k).readNanos(),
                            answers.get(k).answeredNanos(),
                            requests.get(k).endNanos()));
                }
                phases[user.getKey()] = Math.floorMod(atLatest - t0, every);
                long end = t0 + SECONDS * 1_000_000_000L - 100_000_000;
                owed += (int) Math.max(0, Math.floorDiv(end - atLatest, every) + 1 - requests.size());
            }
            assertThat(lag).as("how far users begin from their places, in ns").isLessThan(every / 10);
            assertThat(owed).as("starts that were dropped").isZero();
            assertSpread(phases, every);
            compare(sum, samples);
        }
    }

    private static Map<Integer, List<Served>> byUser(FreezingTarget target) {
        return target.served().stream().collect(Collectors.groupingBy(Served::vu));
    }

    private static List<Asked> asked(TestRun run) {
        return run.said.all().stream()
                .map(long[].class::cast)
                .filter(said -> said.length == 3)
                .map(said -> new Asked((int) said[0], said[1], said[2]))
                .toList();
    }

    /** No tenth of the period has a third of the users, though all were wanted at one instant: by chance alone a tenth of fifty has twelve at times. */
    private static void assertSpread(long[] phases, long every) {
        int[] tenths = new int[10];
        for (long phase : phases) {
            tenths[(int) (10 * phase / every)]++;
        }
        assertThat(Arrays.stream(tenths).max().orElseThrow())
                .as("starts in phase: %s", Arrays.toString(tenths))
                .isLessThan(Math.max(3, phases.length / 3));
    }

    private static FreezingTarget target() throws IOException {
        return new FreezingTarget(FREEZE_AFTER, Duration.ofHours(1).toNanos(), FREEZE_FOR);
    }

    private static String scenario(FreezingTarget target, String step) {
        return """
                Http http;
                @Override public void onInit() { http = http(java.net.URI.create("http://127.0.0.1:%d")).build(); }
                @Override public void onStart() { say(new long[] {id(), System.nanoTime()}); }
                @Step(%s) void get() {
                    long begin = System.nanoTime();
                    http.get("/" + id()).name("GET /").send();
                    say(new long[] {id(), begin, System.nanoTime()});
                }
                """.formatted(target.port(), step);
    }

    private static Histogram histogram(List<Sample> samples, ToLongFunction<Sample> nanos) {
        Histogram histogram = new Histogram(5);
        samples.forEach(sample -> histogram.recordValue(Math.max(0, nanos.applyAsLong(sample)) / 1000));
        return histogram;
    }

    private static void compare(TestRun.Sum measured, List<Sample> samples) {
        assertThat(measured.count).isEqualTo(samples.size());
        Histogram truth = histogram(samples, Sample::truth);
        Histogram least = histogram(samples, Sample::least);
        Histogram most = histogram(samples, Sample::most);
        Histogram service = histogram(samples, sample -> sample.answeredNanos() - sample.readNanos());
        Histogram late = histogram(samples, sample -> sample.readNanos() - sample.dueNanos());
        StringBuilder table = new StringBuilder();
        for (double p : PERCENTILES) {
            table.append(String.format(
                    Locale.ROOT,
                    "%n  p%-5s truth %8.2f (%8.2f to %8.2f)  response %8.2f  | server %8.2f  service %8.2f  | late %7.2f ms",
                    p,
                    truth.getValueAtPercentile(p) / 1e3,
                    least.getValueAtPercentile(p) / 1e3,
                    most.getValueAtPercentile(p) / 1e3,
                    measured.response.getValueAtPercentile(p) / 1e3,
                    service.getValueAtPercentile(p) / 1e3,
                    measured.service.getValueAtPercentile(p) / 1e3,
                    late.getValueAtPercentile(p) / 1e3));
        }
        LOG.info("{} requests{}", samples.size(), table);
        for (double p : PERCENTILES) {
            double response = measured.response.getValueAtPercentile(p);
            assertThat(response)
                    .as("response time p%s in us, of:%s", p, table)
                    .isGreaterThan(least.getValueAtPercentile(p) - allowed(least, p))
                    .isLessThan(most.getValueAtPercentile(p) + allowed(most, p));
            if (STRICT) {
                assertThat(response)
                        .as("response time p%s in us, of:%s", p, table)
                        .isCloseTo(truth.getValueAtPercentile(p), offset(allowed(truth, p)));
            }
        }
        assertThat(truth.getMaxValue())
                .as("the freeze is seen from its begin")
                .isGreaterThan(FREEZE_FOR / 1000 * 95 / 100);
    }

    /** 1 ms or 1 %, in us. */
    private static double allowed(Histogram truth, double percentile) {
        return Math.max(1_000, truth.getValueAtPercentile(percentile) / 100.0);
    }
}
