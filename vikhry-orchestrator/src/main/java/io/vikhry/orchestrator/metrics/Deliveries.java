package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.BatchLedger;
import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.IntervalBatch;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which batches of a run have come, which are missing, and who has sent its last. For one thread at a time. */
final class Deliveries {
    private final BatchLedger ledger = new BatchLedger();
    private final Set<BatchOrigin> origins = new HashSet<>();
    /** Those whose last batch has arrived. */
    private final Set<BatchOrigin> finished = new HashSet<>();
    /** Batches that came and say nothing that can be counted. */
    private long unreadable;

    /** Of a run that had ended before it was read again. */
    private @Nullable Completeness atEnd;

    /** Takes note of a batch; false if it has been here before. */
    boolean accept(IntervalBatch batch) {
        if (!ledger.accept(batch)) {
            return false;
        }
        origins.add(BatchOrigin.of(batch));
        if (batch.last()) {
            finished.add(BatchOrigin.of(batch));
        }
        return true;
    }

    /** A batch that was accepted cannot be read: what it says is missing. */
    void unreadable() {
        unreadable++;
    }

    void expect(BatchOrigin origin, long seq) {
        ledger.expect(origin, seq);
    }

    long missingAtEnd(BatchOrigin origin) {
        return ledger.missingAtEnd(origin);
    }

    BatchOrigin likely(String runId, String workerId, long fence) {
        return origins.stream()
                .filter(o -> o.workerId().equals(workerId) && o.fence() <= fence)
                .max(Comparator.comparingLong(BatchOrigin::fence))
                .orElse(new BatchOrigin(runId, workerId, fence));
    }

    boolean finished(BatchOrigin origin) {
        return finished.contains(origin);
    }

    Map<BatchOrigin, Long> cursors() {
        return ledger.cursors();
    }

    Map<BatchOrigin, Long> gaps() {
        return ledger.gaps();
    }

    void recall(Completeness then) {
        atEnd = then;
    }

    Completeness completeness() {
        long here = ledger.accepted() - unreadable;
        Completeness end = atEnd;
        if (end == null) {
            return Completeness.of(here, ledger.missing() + unreadable, ledger.duplicates());
        }
        long known = end.batches() + end.missingBatches();
        return Completeness.of(here, Math.max(0, known - here), end.duplicates());
    }
}
