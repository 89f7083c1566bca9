package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BatchLedgerTest {
    private static final BatchOrigin ORIGIN = BatchOrigin.of(Fixtures.batch("run", "worker-1", 1));
    private final BatchLedger ledger = new BatchLedger();

    private boolean accept(long seq) {
        return ledger.accept(Fixtures.batch("run", "worker-1", seq));
    }

    private long cursor() {
        return ledger.cursors().get(ORIGIN);
    }

    @Test
    void eachBatchCountsOnceHoweverOftenItComes() {
        assertThat(accept(1)).isTrue();
        assertThat(accept(2)).isTrue();
        assertThat(accept(1)).isFalse();
        assertThat(accept(2)).isFalse();
        assertThat(ledger.accepted()).isEqualTo(2);
        assertThat(ledger.duplicates()).isEqualTo(2);
        assertThat(ledger.missing()).isZero();
        assertThat(cursor()).isEqualTo(2);
    }

    @Test
    void aGapHoldsTheCursorUntilItIsFilled() {
        accept(1);
        accept(3);
        accept(4);
        assertThat(cursor()).isEqualTo(1);
        assertThat(ledger.missing()).isEqualTo(1);
        assertThat(accept(2)).isTrue();
        assertThat(cursor()).isEqualTo(4);
        assertThat(ledger.missing()).isZero();
    }

    @Test
    void aGapIsGivenUpAfterAWhileAndStaysCounted() {
        accept(1);
        LongStream.rangeClosed(3, 2 + BatchLedger.PATIENCE).forEach(this::accept);
        assertThat(cursor()).isEqualTo(2 + BatchLedger.PATIENCE);
        assertThat(ledger.missing()).isEqualTo(1);
        assertThat(accept(2)).as("even then it counts when it comes").isTrue();
        assertThat(ledger.missing()).isZero();
    }

    @Test
    void severalGapsAreGivenUpOnlyAsTheyGrowOld() {
        accept(1);
        LongStream.rangeClosed(3, 29).forEach(this::accept);
        LongStream.rangeClosed(31, 33).forEach(this::accept);
        assertThat(cursor()).isEqualTo(29);
        assertThat(ledger.missing()).isEqualTo(2);
    }

    @Test
    void whatAWorkerSaysItSentIsMissingUntilItComes() {
        accept(1);
        ledger.expect(ORIGIN, 3);
        assertThat(ledger.missing(ORIGIN)).isEqualTo(2);
        accept(2);
        accept(3);
        assertThat(ledger.missing()).isZero();
    }

    @Test
    void aProcessStartedAgainHasASequenceOfItsOwn() {
        accept(1);
        IntervalBatch old = Fixtures.batch("run", "worker-1", 1);
        IntervalBatch again = new IntervalBatch("run", "worker-1", 43, 1, 0, 0, false, old.series(), old.errors());
        assertThat(ledger.accept(again)).isTrue();
        assertThat(ledger.accepted()).isEqualTo(2);
    }

    @Test
    void aForgedNumberIsRefused() {
        assertThat(accept(Long.MAX_VALUE)).isFalse();
        assertThat(ledger.missing()).isZero();
    }
}
