package io.vikhry.orchestrator.metrics;

import static io.vikhry.orchestrator.metrics.Batches.NONE;
import static io.vikhry.orchestrator.metrics.Batches.T0;
import static io.vikhry.orchestrator.metrics.Batches.of;
import static io.vikhry.orchestrator.metrics.Batches.requests;
import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.cluster.IntervalBatch.ErrorSample;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches that would make a number lie. */
class HostileBatchesTest {
    private final Aggregator aggregator = new Aggregator();

    @BeforeEach
    void start() {
        aggregator.start(T0);
    }

    @Test
    void aBatchThatCannotBeReadIsMissing() {
        SeriesDelta broken =
                new SeriesDelta(Kind.REQUEST, "s", "GET /", 7, 0, Map.of("200", 7L), 0, 0, new byte[] {1, 2, 3}, NONE);
        aggregator.add(of("w", 1, 0, 1, requests("GET /", 5)), T0);
        aggregator.add(of("w", 2, 1, 1, broken), T0);
        aggregator.add(of("w", 2, 1, 1, broken), T0);

        assertThat(aggregator.numbers(T0).completeness()).isEqualTo(new Completeness(1, 1, 1, 0.5));
    }

    @Test
    void aRateIsOfTheSecondsThatItCounts() {
        // One worker tells late: what the other has told since then belongs to seconds that are not counted yet.
        aggregator.add(of("late", 1, 0, 1, requests("GET /", 5, 5)), T0 + 1000);
        for (int second = 0; second < 3; second++) {
            aggregator.add(of("early", second + 1, second, 1, requests("GET /", 5, 5)), T0 + second * 1000L + 1000);
        }

        Numbers numbers = aggregator.numbers(T0 + 3100);

        assertThat(numbers.totals().count()).isEqualTo(8);
        assertThat(numbers.totals().rps()).as("two of each in one second").isEqualTo(4);
        assertThat(numbers.rows().getFirst().totals().rps()).isEqualTo(4);
        aggregator.finish(T0 + 4000);
        assertThat(aggregator.numbers(T0 + 4000).totals().rps()).isEqualTo(2);
    }

    @Test
    void aSecondOfNextYearIsCountedAndNotHeldUntilItComes() {
        for (int second = 0; second < 100; second++) {
            long ahead = 31_536_000L + second;
            aggregator.add(of("ahead", second + 1, ahead, 1, requests("GET /", 5)), T0 + second * 1000L + 1000);
            aggregator.add(of("w", second + 1, second, 1, requests("GET /", 5)), T0 + second * 1000L + 1000);
            aggregator.numbers(T0 + second * 1000L + 1000);
        }

        assertThat(aggregator.secondsHeld()).isLessThanOrEqualTo(RecentWindow.SECONDS + 2);
        assertThat(aggregator.numbers(T0 + 100_000).totals().count()).isEqualTo(200);
        assertThat(aggregator.numbers(T0 + 100_000).totals().recent().count()).isEqualTo(10);
    }

    @Test
    void aWorkerWhoseClockIsPutRightHasARateAgain() {
        for (int second = 0; second < 30; second++) {
            aggregator.add(of("w", second + 1, 31_536_000L + second, 1, requests("GET /", 5)), T0 + second * 1000L);
        }
        for (int second = 30; second < 60; second++) {
            aggregator.add(of("w", second + 1, second, 1, requests("GET /", 5)), T0 + second * 1000L + 1000);
        }
        aggregator.numbers(T0 + 60_000);

        assertThat(aggregator.recentRpsOf("w")).isEqualTo(1);
        assertThat(aggregator.reportedUntil("w")).isEqualTo(T0 + 60_000);
    }

    @Test
    void aCheckWhoseRequestWasLostLeavesNoCodeBelowZero() {
        SeriesDelta correction = new SeriesDelta(
                Kind.REQUEST, "step", "GET /", 0, 2, Map.of("200", -2L, "CHECK_STATUS", 2L), 0, 0, NONE, NONE);
        aggregator.add(of("w", 2, 1, 1, correction), T0);

        assertThat(aggregator.numbers(T0).totals().codes()).isEqualTo(Map.of("CHECK_STATUS", 2L));
    }

    @Test
    void whatIsCommonIsNamedHoweverManyCodesWereSeenBefore() {
        Map<String, Long> odd = new HashMap<>();
        for (int code = 0; code < Series.CODES; code++) {
            odd.put("ODD_" + code, 1L);
        }
        aggregator.add(
                of("w", 1, 0, 1, new SeriesDelta(Kind.REQUEST, "s", "A", Series.CODES, 0, odd, 0, 0, NONE, NONE)), T0);
        aggregator.add(of("w", 2, 1, 1, requests("GET /", 1, 2, 3)), T0);

        Totals totals = aggregator.numbers(T0).totals();

        assertThat(totals.codes()).containsEntry("200", 3L);
        assertThat(totals.codes().values().stream().mapToLong(n -> n).sum()).isEqualTo(totals.count());
        assertThat(totals.codes()).hasSizeLessThanOrEqualTo(Series.CODES + 1);
    }

    @Test
    void aStepThatAppearsAfterTenThousandNamesOfRequestsIsToldApart() {
        for (int i = 0; i < 10_000; i++) {
            aggregator.add(of("w", i + 1, 0, 1, requests("GET /" + i, 10)), T0);
        }
        SeriesDelta failed = new SeriesDelta(
                Kind.LIFECYCLE, "", "onStart", 3, 3, Map.of("LOGIN", 3L), 0, 0, Batches.encode(9), NONE);
        SeriesDelta step = new SeriesDelta(Kind.STEP, "", "buy", 1, 0, Map.of("OK", 1L), 0, 0, Batches.encode(9), NONE);
        aggregator.add(of("w", 10_001, 1, 1, failed, step), T0);

        assertThat(aggregator.failedUsers().count()).isEqualTo(3);
        assertThat(aggregator.numbers(T0).rows()).extracting(Row::name).contains("buy", "onStart");
        assertThat(aggregator.numbers(T0).totals().count()).isEqualTo(10_000);
    }

    @Test
    void aMetricUnderTheNameOfARequestIsNoRequest() {
        SeriesDelta metric = new SeriesDelta(
                Kind.CUSTOM, "step", "GET /", 2, 0, Map.of("OK", 2L), 0, 0, Batches.encode(900_000, 900_000), NONE);
        aggregator.add(of("w", 1, 0, 1, metric, requests("GET /", 1000)), T0);
        aggregator.finish(T0 + 1000);

        assertThat(aggregator.numbers(T0 + 1000).totals().count()).isEqualTo(1);
        assertThat(aggregator.totalsByName(Kind.REQUEST).get("GET /").responseMs())
                .isEqualTo(Batches.latency(Batches.histogram(1000)));
        assertThat(aggregator.totalsByName(Kind.CUSTOM).get("GET /").count()).isEqualTo(2);
    }

    @Test
    void theStackTraceOfAnErrorIsKeptWhenAnEarlierOneWithoutComesLate() {
        aggregator.add(Batches.withErrors("w", 2, 5, new ErrorSample("GET /", "s", "503", "no", "at x", 1)), T0);
        aggregator.add(Batches.withErrors("w", 1, 3, new ErrorSample("GET /", "s", "503", "no", "", 1)), T0);

        assertThat(aggregator.numbers(T0).errors())
                .containsExactly(new ErrorGroup("GET /", "s", "503", "no", "at x", 2, T0 + 3000, T0 + 5000));
    }

    @Test
    void countsBeyondTwoToThe31AreExact() {
        long many = 3_000_000_000L;
        Counts counts = new Counts();
        counts.add(Counts.bucket(1000), many);
        counts.add(Counts.bucket(2_000_000_000), 2 * many);
        counts.add(Counts.bucket(4_000_000_000L), 2 * many);

        Latency latency = Latency.of(counts);

        assertThat(counts.total()).isEqualTo(5 * many);
        assertThat(latency).isNotNull();
        assertThat(latency.p50()).isBetween(2_000_000.0, 2_002_000.0);
        assertThat(latency.mean()).as("of 0, 2 and 2, 4 and 4 ks").isBetween(2_399_000.0, 2_402_000.0);
    }

    @Test
    void aRunOfLessThanASecondHasTheRateOfItsTime() {
        aggregator.add(Batches.last(of("w", 1, 0, 1, requests("GET /", 5, 5, 5, 5))), T0);
        assertThat(aggregator.finish(T0 + 400)).isEqualTo(T0 + 400);

        assertThat(aggregator.numbers(T0 + 400).totals().rps()).isEqualTo(10);
        assertThat(aggregator.pointsSince(0, T0 + 400).points())
                .extracting(Point::rps)
                .containsExactly(4L);
    }

    @Test
    void aRunThatEndsInTheInstantOfItsBeginHasNoRateAndNoLatency() {
        aggregator.finish(T0);

        Totals totals = aggregator.numbers(T0).totals();
        assertThat(totals.rps()).isZero();
        assertThat(totals.responseMs()).isNull();
        assertThat(totals.recent().rps()).isZero();
    }
}
