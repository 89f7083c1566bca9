package io.vikhry.orchestrator.metrics;

import static io.vikhry.orchestrator.metrics.Batches.NONE;
import static io.vikhry.orchestrator.metrics.Batches.T0;
import static io.vikhry.orchestrator.metrics.Batches.of;
import static io.vikhry.orchestrator.metrics.Batches.requests;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.ErrorSample;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.Phase;
import io.vikhry.cluster.IntervalBatch.PhaseSum;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AggregatorTest {
    private final Aggregator aggregator = new Aggregator();

    @BeforeEach
    void start() {
        aggregator.start(T0);
    }

    @Test
    void serviceTimesThatAreNotSentAreThoseOfTheResponse() {
        aggregator.add(of("w", 1, 0, 1, requests("GET /", 1000, 2000, 3000)), T0);

        Totals totals = aggregator.numbers(T0).totals();

        assertThat(totals.serviceMs()).isEqualTo(totals.responseMs()).isNotNull();
        // The highest value that is the same to three digits.
        assertThat(totals.serviceMs().max()).isEqualTo(3.001);
    }

    @Test
    void aCheckThatFailsAfterItsRequestWasCountedCorrectsTheCodes() {
        aggregator.add(of("w", 1, 0, 1, requests("GET /", 1000, 2000)), T0);
        SeriesDelta correction = new SeriesDelta(
                Kind.REQUEST, "step", "GET /", 0, 2, Map.of("200", -2L, "CHECK_STATUS", 2L), 0, 0, NONE, NONE);
        aggregator.add(of("w", 2, 1, 1, correction), T0);
        aggregator.finish(T0 + 2000);

        Totals totals = aggregator.numbers(T0 + 2000).totals();

        assertThat(totals.count()).isEqualTo(2);
        assertThat(totals.failures()).isEqualTo(2);
        assertThat(totals.codes()).isEqualTo(Map.of("CHECK_STATUS", 2L));
        assertThat(aggregator.numbers(T0 + 2000).rows().getFirst().totals().codes())
                .isEqualTo(totals.codes());
        assertThat(aggregator.pointsSince(0, T0).points())
                .extracting(Point::rps, Point::failures)
                .containsExactly(tuple(2L, 0L), tuple(0L, 2L));
    }

    @Test
    void aWorkerThatLeftAndCameBackHasNotFinished() {
        aggregator.add(Batches.last(of("w1", 1, 0, 0)), T0);
        aggregator.add(Batches.under(7, of("w1", 1, 1, 3)), T0);

        assertThat(aggregator.finished(new BatchOrigin("run", "w1", 1))).isTrue();
        assertThat(aggregator.finished(new BatchOrigin("run", "w1", 7))).isFalse();
        assertThat(aggregator.reportedUntil("w1")).isEqualTo(T0 + 2000);
    }

    @Test
    void totalsCountRequestsAndNotTheStepsAroundThem() {
        SeriesDelta step = new SeriesDelta(
                Kind.STEP, "", "buy", 5, 5, Map.of("OK", 5L), 0, 0, Batches.encode(1, 2, 3, 4, 5), NONE);
        aggregator.add(of("w", 1, 0, 1, requests("GET /", 1000), step), T0);

        Numbers numbers = aggregator.numbers(T0);

        assertThat(numbers.totals().count()).isEqualTo(1);
        assertThat(numbers.totals().failures()).isZero();
        assertThat(numbers.rows()).extracting(Row::kind).containsExactly(Kind.REQUEST, Kind.STEP);
    }

    @Test
    void whatIsMissingBetweenAndAfterTheBatchesIsCounted() {
        aggregator.add(of("w", 1, 0, 1), T0);
        aggregator.add(of("w", 4, 3, 1), T0);
        assertThat(aggregator.numbers(T0).completeness()).isEqualTo(new Completeness(2, 2, 0, 0.5));

        // The worker joined again under a new fence and has made six batches.
        BatchOrigin origin = aggregator.likely("run", "w", 7);
        aggregator.expect(origin, 6);
        assertThat(aggregator.numbers(T0).completeness().missingBatches()).isEqualTo(4);
        assertThat(aggregator.missingAtEnd(origin)).isEqualTo(2);

        aggregator.add(of("w", 2, 1, 1), T0);
        assertThat(aggregator.numbers(T0).completeness().missingBatches()).isEqualTo(3);
    }

    @Test
    void theLastTenSecondsForgetWhatIsOlder() {
        for (int second = 0; second < 30; second++) {
            long slow = second < 15 ? 900_000 : 1000;
            aggregator.add(of("w", second + 1, second, 1, requests("GET /", slow, slow)), T0 + second * 1000L);
        }

        Totals.Recent recent = aggregator.numbers(T0 + 30_000).totals().recent();

        assertThat(recent.count()).isEqualTo(20);
        assertThat(recent.rps()).isEqualTo(2.0);
        assertThat(recent.responseMs()).isEqualTo(Batches.latency(Batches.histogram(1000)));
    }

    @Test
    void aLongLogIsReplayedToTheNumbersOfBeforeAndHoldsNoMoreSecondsOnTheWay() {
        Aggregator live = new Aggregator();
        live.start(T0);
        List<IntervalBatch> kept = new ArrayList<>();
        for (int second = 0; second < 400; second++) {
            for (String worker : List.of("w1", "w2")) {
                IntervalBatch batch = of(worker, second + 1, second, 1, requests("GET /", 1000 + second));
                kept.add(batch);
                live.add(batch, T0 + second * 1000L + 1000);
            }
            live.numbers(T0 + second * 1000L + 1000);
        }
        for (int from = 0; from < kept.size(); from += 100) {
            assertThat(aggregator.replay(kept.subList(from, from + 100), T0 + 400_500))
                    .hasSize(100);
            assertThat(aggregator.secondsHeld()).isLessThanOrEqualTo(RecentWindow.SECONDS + 2);
        }
        long now = T0 + 400_500;

        assertThat(aggregator.numbers(now)).isEqualTo(live.numbers(now));
        assertThat(aggregator.pointsSince(0, now).points())
                .isEqualTo(live.pointsSince(0, now).points());
    }

    @Test
    void moreSeriesThanTheLimitAreCountedTogether() {
        for (int i = 0; i < SeriesTable.LIMIT + 50; i++) {
            aggregator.add(of("w", i + 1, 0, 1, requests("GET /objects/" + i, 10)), T0);
        }

        Numbers numbers = aggregator.numbers(T0 + 1000);

        assertThat(numbers.rows()).hasSize(SeriesTable.LIMIT + 1);
        assertThat(numbers.rows())
                .filteredOn(row -> row.name().equals("(other)"))
                .singleElement()
                .satisfies(row -> assertThat(row.totals().count()).isEqualTo(50));
        assertThat(numbers.totals().count()).isEqualTo(SeriesTable.LIMIT + 50);
    }

    @Test
    void errorsAreGroupedAndTheRestIsCounted() {
        for (int i = 0; i < ErrorGroups.LIMIT + 10; i++) {
            aggregator.add(
                    Batches.withErrors("w", i + 1, i, new ErrorSample("GET /", "s", "503", "message " + i, "", 2)), T0);
        }
        aggregator.add(
                Batches.withErrors("v", 1, 500, new ErrorSample("GET /", "s", "503", "message 7", "at x", 100)), T0);

        Numbers numbers = aggregator.numbers(T0);

        assertThat(numbers.errors()).hasSize(ErrorGroups.LIMIT);
        assertThat(numbers.errors().getFirst())
                .isEqualTo(new ErrorGroup("GET /", "s", "503", "message 7", "at x", 102, T0 + 7000, T0 + 500_000));
        assertThat(numbers.errorsFolded()).isEqualTo(20);
    }

    @Test
    void aBatchThatCannotBeReadIsLeftOutWhole() {
        SeriesDelta broken =
                new SeriesDelta(Kind.REQUEST, "s", "GET /", 7, 0, Map.of("200", 7L), 0, 0, new byte[] {1, 2, 3}, NONE);
        aggregator.add(of("w", 1, 0, 1, requests("GET /a", 5), broken), T0);

        assertThat(aggregator.numbers(T0).totals().count()).isZero();
    }

    @Test
    void oneNameInTwoStepsIsOneSetOfSamples() {
        SeriesDelta inBuy = new SeriesDelta(
                Kind.REQUEST, "buy", "GET /", 1, 1, Map.of("500", 1L), 1, 1, Batches.encode(99_000), NONE);
        aggregator.add(of("w", 1, 0, 1, requests("GET /", 1000, 2000), inBuy), T0);
        aggregator.finish(T0 + 1000);

        Totals totals = aggregator.totalsByName(Kind.REQUEST).get("GET /");

        assertThat(totals.count()).isEqualTo(3);
        assertThat(totals.rps()).isEqualTo(3.0);
        assertThat(totals.codes()).isEqualTo(Map.of("200", 2L, "500", 1L));
        assertThat(totals.responseMs()).isEqualTo(Batches.latency(Batches.histogram(1000, 2000, 99_000)));
    }

    @Test
    void phasesOfAllWorkersAddUpExactly() {
        Random random = new Random(7);
        long count = 0;
        long nanos = 0;
        long max = 0;
        for (int i = 0; i < 50; i++) {
            long waited = random.nextLong(50_000_000);
            count += 3;
            nanos += 2 * waited;
            max = Math.max(max, waited);
            PhaseSum wait = new PhaseSum(Phase.WAIT, 3, 2 * waited, waited);
            PhaseSum connect = new PhaseSum(Phase.CONNECT, 1, 1_000_000, 1_000_000);
            aggregator.add(of("w" + i % 3, 1 + i / 3, i / 3, 1, Batches.withPhases("GET /", wait, connect)), T0);
        }
        aggregator.finish(T0 + 20_000);

        List<PhaseFigures> phases =
                aggregator.numbers(T0 + 20_000).rows().getFirst().totals().phases();
        assertThat(phases).isEqualTo(aggregator.numbers(T0 + 20_000).totals().phases());
        assertThat(phases)
                .isEqualTo(aggregator.totalsByName(Kind.REQUEST).get("GET /").phases());
        assertThat(phases).extracting(PhaseFigures::phase).containsExactly("connect", "wait");
        assertThat(phases.getFirst())
                .isEqualTo(
                        new PhaseFigures("connect", 50, 1, 1, phases.getFirst().share()));
        PhaseFigures wait = phases.getLast();
        assertThat(wait.count()).isEqualTo(count);
        assertThat(wait.meanMs()).isEqualTo(Latency.millis(nanos / 1000.0 / count));
        assertThat(wait.maxMs()).isEqualTo(Latency.millis(max / 1000.0));
        assertThat(wait.share()).isEqualTo(Rates.share(nanos, nanos + 50_000_000));
    }
}
