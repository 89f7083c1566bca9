package io.vikhry.orchestrator.metrics;

import static io.vikhry.orchestrator.metrics.Batches.T0;
import static io.vikhry.orchestrator.metrics.Batches.of;
import static io.vikhry.orchestrator.metrics.Batches.requests;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The seconds of a run as charts show them. */
class TimelineTest {
    private final Aggregator aggregator = new Aggregator();

    @BeforeEach
    void start() {
        aggregator.start(T0);
    }

    @Test
    void aSecondIsShownWhenEveryWorkerHasSentItOrIsLate() {
        aggregator.add(of("w1", 1, 0, 10), T0 + 1000);
        aggregator.add(of("w2", 1, 0, 10), T0 + 1000);
        aggregator.add(of("w1", 2, 1, 10), T0 + 2000);
        assertThat(aggregator.pointsSince(0, T0 + 2100).points()).hasSize(1);

        Aggregator.Points late = aggregator.pointsSince(0, T0 + 4000);
        assertThat(late.points()).extracting(Point::users).containsExactly(20, 10);

        aggregator.add(of("w2", 2, 1, 10), T0 + 4100);
        Aggregator.Points changed = aggregator.pointsSince(late.change(), T0 + 4100);
        assertThat(changed.points()).extracting(Point::users).containsExactly(20);
        assertThat(changed.points()).extracting(Point::t).containsExactly(T0 + 1000);
        assertThat(aggregator.pointsSince(changed.change(), T0 + 4100).points()).isEmpty();
    }

    @Test
    void aWorkerThatIsLostIsNotWaitedForAnyMore() {
        aggregator.add(of("lost", 1, 0, 10), T0 + 1000);
        for (int second = 0; second < 30; second++) {
            long now = T0 + second * 1000L + 1000;
            aggregator.add(of("w", second + 1, second, 10), now);
            aggregator.pointsSince(0, now);
            aggregator.settle(now);
        }

        assertThat(aggregator.completeMillis()).isEqualTo(T0 + 29_000);
        assertThat(aggregator.pointsSince(0, T0 + 30_000).points()).hasSize(30);
    }

    @Test
    void secondsInWhichNobodySentAnythingArePointsOfNothing() {
        aggregator.add(of("w", 1, 0, 10, requests("GET /", 5)), T0 + 1000);
        List<Point> points = aggregator.pointsSince(0, T0 + 8000).points();

        assertThat(points).hasSize(6).extracting(Point::users).containsExactly(10, 0, 0, 0, 0, 0);
        assertThat(points.get(3).responseMs()).isNull();
    }

    @Test
    void whatIsOlderThanAnHourIsSettledAndNeedNotBeSeenAgain() {
        Map<Long, Integer> settled = new TreeMap<>();
        long from = Long.MIN_VALUE;
        for (int second = 0; second < 7_200; second++) {
            long now = T0 + second * 1000L + 1000;
            aggregator.add(of("w", second + 1, second, 10 + second % 7), now);
            if (second % 60 == 59) {
                long open = aggregator.unsettledMillis();
                Map<Long, Integer> seen = new TreeMap<>();
                aggregator.forEachSecond(now, from, seen::put);
                assertThat(seen.size()).as("seconds seen").isLessThan(3_700);
                seen.forEach((millis, users) -> {
                    if (millis < open) {
                        assertThat(settled.put(millis, users))
                                .as("second %d", millis)
                                .isNull();
                    }
                });
                from = open;
            }
        }

        assertThat(settled.size()).as("seconds settled").isBetween(3_500, 3_600);
        settled.forEach((millis, users) -> assertThat(users).isEqualTo(10 + (int) ((millis - T0) / 1000 % 7)));
        aggregator.add(of("late", 1, 3_000, 99), T0 + 7_201_000);
        Map<Long, Integer> again = new TreeMap<>();
        aggregator.forEachSecond(T0 + 7_201_000, Long.MIN_VALUE, again::put);
        assertThat(again).as("what was settled stays so").containsAllEntriesOf(settled);
    }

    @Test
    void aBatchThatIsMinutesLateStillChangesItsSecond() {
        for (int second = 0; second < 200; second++) {
            aggregator.add(of("w1", second + 1, second, 1, requests("GET /", 1000)), T0 + second * 1000L);
            aggregator.numbers(T0 + second * 1000L);
        }
        long change = aggregator.pointsSince(0, T0 + 200_000).change();
        aggregator.add(of("w2", 4, 3, 1, requests("GET /", 9000, 9000)), T0 + 200_000);

        List<Point> changed = aggregator.pointsSince(change, T0 + 200_000).points();
        assertThat(changed).hasSize(1);
        assertThat(changed.getFirst().rps()).isEqualTo(3);
        assertThat(changed.getFirst().responseMs()).isEqualTo(Batches.spread(Batches.histogram(1000, 9000, 9000)));
    }

    @Test
    void theLoadEndsWithTheLastRequestThatFinished() {
        aggregator.add(of("w", 1, 0, 1, requests("GET /", 1000)), T0);
        aggregator.add(Batches.last(of("w", 5, 4, 1, requests("GET /", 1000))), T0);

        assertThat(aggregator.finish(T0 + 2300)).isEqualTo(T0 + 4000);
    }

    @Test
    void arrivalsOfASecondAreWhatWasToldSinceTheOneBefore() {
        aggregator.start(T0);
        aggregator.add(Batches.withArrivals("a", 1, 0, 10, 9, 8), T0);
        aggregator.add(Batches.withArrivals("b", 1, 0, 100, 90, 80), T0);
        aggregator.add(Batches.withArrivals("a", 3, 2, 40, 30, 20), T0);
        aggregator.add(Batches.withArrivals("a", 2, 1, 25, 25, 18), T0);
        aggregator.finish(T0 + 3000);

        assertThat(aggregator.pointsSince(0, T0 + 3000).points())
                .extracting(Point::arrivals)
                .as("a batch that comes late is a part of the newer one")
                .containsExactly(new Point.Arrivals(110, 99, 88), null, new Point.Arrivals(30, 21, 12));
        assertThat(aggregator.arrivals().intended()).isEqualTo(140);
    }
}
