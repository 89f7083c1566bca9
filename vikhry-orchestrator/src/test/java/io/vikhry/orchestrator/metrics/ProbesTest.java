package io.vikhry.orchestrator.metrics;

import static io.vikhry.orchestrator.metrics.Batches.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.cluster.IntervalBatch.ProbeSample;
import org.junit.jupiter.api.Test;

class ProbesTest {
    private final Aggregator aggregator = new Aggregator();

    @Test
    void callsOfAProbeStandInOrderWhicheverWorkerSawThem() {
        aggregator.add(Batches.withProbes("a", 1, 0, probe(10, 5), probe(30, 1)), T0);
        aggregator.add(Batches.withProbes("b", 1, 0, probe(40, 3)), T0);
        aggregator.add(Batches.withProbes("a", 2, 1, probe(20, 2), Batches.failedProbe("depth", T0 + 25, "gone")), T0);

        assertThat(aggregator.probePoints().get("depth"))
                .extracting(point -> point.t() - T0)
                .containsExactly(10L, 20L, 25L, 30L, 40L);
        ProbeRow row = aggregator.probes().getFirst();
        assertThat(row.count()).isEqualTo(5);
        assertThat(row.failures()).isEqualTo(1);
        assertThat(row.lastError()).isEqualTo("gone");
        assertThat(row.values()).containsExactly(new ProbeRow.Value("value", "number", 3.0, 1.0, 5.0, 2.75));
        assertThat(row.last()).isEqualTo(row.recent().getLast());
    }

    @Test
    void aRunOfManyCallsKeepsTheNewestAndCountsAll() {
        for (int i = 0; i < 30_000; i++) {
            aggregator.add(Batches.withProbes("a", i + 1, i, probe(i * 1000L, i)), T0);
        }
        ProbeRow row = aggregator.probes().getFirst();
        assertThat(row.count()).isEqualTo(30_000);
        assertThat(row.values().getFirst().min()).isZero();
        assertThat(row.recent()).hasSize(ProbeRow.RECENT);
        assertThat(aggregator.probePoints().get("depth"))
                .hasSize(ProbeSeries.KEPT)
                .last()
                .isEqualTo(row.last());
    }

    private static ProbeSample probe(long afterT0, double value) {
        return Batches.probe("depth", T0 + afterT0, value);
    }
}
