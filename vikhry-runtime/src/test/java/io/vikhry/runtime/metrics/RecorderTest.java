package io.vikhry.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecorderTest {
    private final SeriesLimit limit = new SeriesLimit(10);
    private final Recorder recorder = new Recorder(new LooseHome(), limit);

    private static IntervalSnapshot interval(Recorder... recorders) {
        Interval interval = new Interval();
        for (Recorder one : recorders) {
            interval.add(one.swap());
        }
        return interval.snapshot(1_000, 3);
    }

    /** A scenario that recurses without end may be anywhere in here when its stack is full; what it records later counts. */
    @Test
    void aStackThatIsFullWhileASeriesBeginsKeepsNothingOfItOutLater() {
        Recorder wide = new Recorder(new LooseHome(), new SeriesLimit(1_000));
        List<Series> all = IntStream.range(0, 400)
                .mapToObj(i -> wide.series(Kind.CUSTOM, "deep", "m" + i))
                .toList();
        all.forEach(series -> series.record(1_000, 1_000, false, "OK", 0, 0));
        interval(wide);
        Deque<Series> fresh = new ArrayDeque<>(all);
        recurse(fresh);
        assertThat(fresh).as("some were tried").hasSizeLessThan(400);

        all.forEach(series -> series.record(1_000, 1_000, false, "OK", 0, 0));

        assertThat(wide.swap().taken()).extracting(Recorder.Taken::series).containsExactlyInAnyOrderElementsOf(all);
    }

    /** Begins another series in each frame from the innermost on, until one of them has room to. */
    private static void recurse(Deque<Series> fresh) {
        try {
            recurse(fresh);
        } catch (StackOverflowError e) {
            if (fresh.size() > 1) {
                fresh.remove().record(1_000, 1_000, false, "OK", 0, 0);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theMergeOfTheLoopsIsWhatOneHistogramOfAllSamplesWouldHold(long seed) {
        Random random = new Random(seed);
        Recorder[] loops = {recorder, new Recorder(new LooseHome(), limit), new Recorder(new LooseHome(), limit)};
        boolean[] late = {random.nextBoolean(), random.nextBoolean(), random.nextBoolean()};
        Histogram response = new Histogram(3);
        Histogram service = new Histogram(3);
        response.setAutoResize(true);
        service.setAutoResize(true);
        for (int i = 0; i < 10_000; i++) {
            int loop = random.nextInt(3);
            long responseMicros = (long) Math.exp(random.nextDouble() * 18);
            long serviceMicros = late[loop] && random.nextInt(100) == 0 ? responseMicros / 2 : responseMicros;
            loops[loop]
                    .series(Kind.REQUEST, "buy", "GET /x")
                    .recordStatus(responseMicros * 1_000, serviceMicros * 1_000, false, 200, 10, 20);
            response.recordValue(responseMicros);
            service.recordValue(serviceMicros);
        }
        SeriesSnapshot series = interval(loops).series().getFirst();
        assertThat(series.response()).isEqualTo(response);
        assertThat(series.service() == null ? series.response() : series.service())
                .isEqualTo(service);
        assertThat(series.service() == null).isEqualTo(service.equals(response));
        assertThat(series.count()).isEqualTo(10_000);
        assertThat(series.codes()).isEqualTo(Map.of("200", 10_000L));
        assertThat(series.bytesSent()).isEqualTo(100_000);
        assertThat(series.bytesReceived()).isEqualTo(200_000);
    }

    @Test
    void aSecondHoldsOnlyWhatWasRecordedInIt() {
        Series series = recorder.series(Kind.STEP, "", "login");
        for (int second = 1; second <= 5; second++) {
            for (int i = 0; i < second; i++) {
                series.record(second * 1_000_000L, second * 1_000_000L, i == 0, i == 0 ? "TIMEOUT" : "OK", 1, 2);
            }
            SeriesSnapshot snapshot = interval(recorder).series().getFirst();
            assertThat(snapshot.count()).isEqualTo(second);
            assertThat(snapshot.failures()).isEqualTo(1);
            assertThat(snapshot.response().getTotalCount()).isEqualTo(second);
            assertThat(snapshot.response().getMinValue()).isEqualTo(second * 1_000L);
            assertThat(snapshot.codes()).containsEntry("TIMEOUT", 1L);
            assertThat(snapshot.bytesReceived()).isEqualTo(2L * second);
            assertThat(interval(recorder).series()).isEmpty();
        }
    }

    @Test
    void aFailedCheckMovesASampleAndKeepsTheTotalsRight() {
        Series series = recorder.series(Kind.REQUEST, "buy", "GET /x");
        series.recordStatus(1_000, 1_000, false, 200, 0, 0);
        series.recordStatus(1_000, 1_000, false, 200, 0, 0);
        series.failCheck("200", "CHECK_STATUS");
        SeriesSnapshot first = interval(recorder).series().getFirst();
        assertThat(first.count()).isEqualTo(2);
        assertThat(first.failures()).isEqualTo(1);
        assertThat(first.codes()).isEqualTo(Map.of("200", 1L, "CHECK_STATUS", 1L));
        series.failCheck("200", "CHECK_BODY");
        SeriesSnapshot later = interval(recorder).series().getFirst();
        assertThat(later.count()).isZero();
        assertThat(later.failures()).isEqualTo(1);
        assertThat(later.codes()).isEqualTo(Map.of("200", -1L, "CHECK_BODY", 1L));
    }

    @Test
    void namesBeyondTheLimitShareOneSeries() {
        for (int i = 0; i < 1_000; i++) {
            recorder.series(Kind.REQUEST, "buy", "GET /objects/" + i).record(1_000, 1_000, false, "OK", 0, 0);
        }
        assertThat(recorder.series(Kind.REQUEST, "buy", "GET /objects/3").name())
                .isEqualTo("GET /objects/3");
        assertThat(recorder.series(Kind.REQUEST, "buy", "GET /objects/999").name())
                .isEqualTo("(other)");
        IntervalSnapshot snapshot = interval(recorder);
        assertThat(snapshot.series()).hasSize(11);
        assertThat(snapshot.series().stream().mapToLong(SeriesSnapshot::count).sum())
                .isEqualTo(1_000);
        assertThat(snapshot.series())
                .filteredOn(series -> series.name().equals("(other)"))
                .singleElement()
                .satisfies(other -> assertThat(other.count()).isEqualTo(990));
        recorder.forget();
        assertThat(recorder.series(Kind.REQUEST, "buy", "GET /objects/999").name())
                .isEqualTo("GET /objects/999");
    }

    @Test
    void distinctErrorsAreKeptWithTheirCountsAndTheRestIsCounted() {
        Series series = recorder.series(Kind.REQUEST, "buy", "GET /x");
        for (int i = 0; i < 30; i++) {
            for (int n = 0; n < 3; n++) {
                recorder.error(series, "CONNECT", "refused " + i + "\nsecond line", i == 0 ? "x".repeat(9_000) : null);
            }
        }
        IntervalSnapshot snapshot = interval(recorder);
        assertThat(snapshot.errors()).hasSize(20);
        assertThat(snapshot.errorsBeyond()).isEqualTo(30);
        ErrorSnapshot error = snapshot.errors().getFirst();
        assertThat(error.message()).isEqualTo("refused 0");
        assertThat(error.detail()).hasSize(4_000);
        assertThat(error.count()).isEqualTo(3);
        assertThat(error.step()).isEqualTo("buy");
        assertThat(interval(recorder).errors()).isEmpty();
    }

    @Test
    void aFloodOfDifferentCodesStaysBounded() {
        Series series = recorder.series(Kind.CUSTOM, "", "odd");
        for (int i = 0; i < 1_000; i++) {
            series.record(1_000, 1_000, true, "CODE_" + i, 0, 0);
            series.recordStatus(1_000, 1_000, true, i, 0, 0);
        }
        SeriesSnapshot snapshot = interval(recorder).series().getFirst();
        assertThat(snapshot.codes()).hasSizeLessThan(140);
        assertThat(snapshot.codes().values().stream().mapToLong(n -> n).sum()).isEqualTo(2_000);
    }
}
