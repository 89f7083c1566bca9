package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.util.HashMap;
import java.util.Map;

/**
 * What several batches say of one series in one second, added up before it is added to anything else: so what many workers send is
 * added bucket by bucket once, and then as a whole to the series, its last seconds and the cluster's second. For one thread, which
 * fills it again and again.
 */
final class Sheaf {
    final Counts response = new Counts();
    final Counts service = new Counts();
    final Map<String, Long> codes = new HashMap<>();
    final Phases phases = new Phases();
    long count;
    long failures;
    long bytesSent;
    long bytesReceived;

    private final EncodedCounts histograms;

    /** A sheaf of what {@code histograms} reads. */
    Sheaf(EncodedCounts histograms) {
        this.histograms = histograms;
    }

    /** Holds these and nothing else; their histograms were checked. */
    Sheaf of(Iterable<SeriesDelta> deltas) {
        response.clear();
        service.clear();
        codes.clear();
        phases.clear();
        count = 0;
        failures = 0;
        bytesSent = 0;
        bytesReceived = 0;
        for (SeriesDelta delta : deltas) {
            add(delta);
        }
        return this;
    }

    private void add(SeriesDelta delta) {
        histograms.add(delta.response(), response);
        histograms.add(delta.service().length > 0 ? delta.service() : delta.response(), service);
        count += delta.count();
        failures += delta.failures();
        bytesSent += delta.bytesSent();
        bytesReceived += delta.bytesReceived();
        phases.add(delta.phases());
        delta.codes().forEach((code, samples) -> codes.merge(code, samples, Long::sum));
    }
}
