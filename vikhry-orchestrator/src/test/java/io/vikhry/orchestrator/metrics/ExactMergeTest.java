package io.vikhry.orchestrator.metrics;

import static io.vikhry.orchestrator.metrics.Batches.T0;
import static io.vikhry.orchestrator.metrics.Batches.of;
import static io.vikhry.orchestrator.metrics.Batches.requests;
import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

class ExactMergeTest {
    private final Aggregator aggregator = new Aggregator();

    /** The promise of exact merge: whatever the order, the delay and the repetition. */
    @RepeatedTest(20)
    void batchesOfManyWorkersInAnyOrderAndManyAtOnceAreOneHistogramOfAllSamples(RepetitionInfo repetition) {
        aggregator.start(T0);
        Random random = new Random(repetition.getCurrentRepetition());
        Histogram response = new Histogram(3);
        Histogram service = new Histogram(3);
        Map<String, Histogram> byName = new HashMap<>();
        TreeMap<Long, Long> bySecond = new TreeMap<>();
        TreeMap<Long, Histogram> histogramBySecond = new TreeMap<>();
        TreeMap<Long, Integer> usersBySecond = new TreeMap<>();
        List<IntervalBatch> batches = new ArrayList<>();
        int workers = 1 + random.nextInt(5);
        int seconds = 1 + random.nextInt(40);
        for (int worker = 0; worker < workers; worker++) {
            for (int second = 0; second < seconds; second++) {
                List<SeriesDelta> series = new ArrayList<>();
                for (int s = 0; s < 1 + random.nextInt(3); s++) {
                    String name = "GET /" + s;
                    long[] responses = samples(random);
                    boolean same = random.nextBoolean();
                    long[] services = same ? responses : samples(random, responses.length);
                    series.add(requests(name, responses, same ? new long[0] : services));
                    for (long value : responses) {
                        response.recordValue(value);
                        byName.computeIfAbsent(name, n -> new Histogram(3)).recordValue(value);
                        histogramBySecond
                                .computeIfAbsent(T0 + second * 1000L, n -> new Histogram(3))
                                .recordValue(value);
                    }
                    for (long value : services) {
                        service.recordValue(value);
                    }
                    bySecond.merge(T0 + second * 1000L, (long) responses.length, Long::sum);
                }
                int users = random.nextInt(100);
                usersBySecond.merge(T0 + second * 1000L, users, Integer::sum);
                batches.add(of("w" + worker, second + 1, second, users, series.toArray(SeriesDelta[]::new)));
            }
        }
        int once = batches.size();
        for (int i = 0; i < once; i++) {
            if (random.nextInt(4) == 0) {
                batches.add(batches.get(i));
            }
        }
        Collections.shuffle(batches, random);

        long now = T0;
        int counted = 0;
        int next = 0;
        while (next < batches.size()) {
            // As many at once as came together, one or dozens.
            int until = Math.min(batches.size(), next + 1 + random.nextInt(random.nextBoolean() ? 1 : 40));
            counted += aggregator
                    .addAll(batches.subList(next, until), T0 + seconds * 1000L)
                    .size();
            next = until;
            if (random.nextInt(5) == 0) {
                now = Math.min(now + random.nextInt(3000), T0 + seconds * 1000L);
                aggregator.numbers(now);
            }
        }
        aggregator.finish(T0 + seconds * 1000L);
        Numbers numbers = aggregator.numbers(T0 + seconds * 1000L);

        assertThat(counted).isEqualTo(once);
        assertThat(numbers.completeness()).isEqualTo(new Completeness(once, 0, batches.size() - once, 1.0));
        assertThat(numbers.totals().count()).isEqualTo(response.getTotalCount());
        assertThat(numbers.totals().responseMs()).isEqualTo(Batches.latency(response));
        assertThat(numbers.totals().serviceMs()).isEqualTo(Batches.latency(service));
        for (Row row : numbers.rows()) {
            assertThat(row.totals().responseMs()).isEqualTo(Batches.latency(byName.get(row.name())));
        }
        List<Point> points = aggregator.pointsSince(0, now).points();
        assertThat(points).hasSize(seconds);
        for (Point point : points) {
            assertThat(point.rps()).isEqualTo(bySecond.get(point.t()));
            assertThat(point.users()).isEqualTo(usersBySecond.get(point.t()));
            assertThat(point.responseMs()).isEqualTo(Batches.spread(histogramBySecond.get(point.t())));
        }
    }

    private static long[] samples(Random random) {
        return samples(random, random.nextInt(200));
    }

    private static long[] samples(Random random, int count) {
        return random.longs(count, 1, 1L << (4 + random.nextInt(24))).toArray();
    }
}
