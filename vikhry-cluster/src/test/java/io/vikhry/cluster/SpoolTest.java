package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpoolTest {
    private final List<Long> sent = new ArrayList<>();
    private boolean down;
    /** What happens while a batch is on its way. */
    private Runnable meanwhile = () -> {};

    private final Spool spool = new Spool(
            batch -> {
                if (down) {
                    throw new ClusterException("down");
                }
                sent.add(batch.seq());
                meanwhile.run();
            },
            4);

    private void add(long... seqs) {
        for (long seq : seqs) {
            spool.add(Fixtures.batch("run", "worker-1", seq));
        }
    }

    @Test
    void eachBatchIsSentOnceAndKeptUntilItIsPassed() {
        add(1, 2);
        spool.flush();
        spool.flush();
        assertThat(sent).containsExactly(1L, 2L);
        assertThat(spool.size()).isEqualTo(2);
        spool.passed(1);
        assertThat(spool.size()).isEqualTo(1);
    }

    @Test
    void whatFailedIsSentByTheNextFlush() {
        add(1);
        spool.flush();
        down = true;
        add(2, 3);
        assertThatThrownBy(spool::flush).isInstanceOf(ClusterException.class);
        down = false;
        spool.flush();
        assertThat(sent).containsExactly(1L, 2L, 3L);
    }

    @Test
    void whatTheOrchestratorMissesIsSentOnceMore() {
        add(1, 2, 3);
        spool.flush();
        spool.passed(1);
        spool.missed(0);
        spool.missed(3);
        spool.flush();
        spool.missed(3);
        spool.flush();
        assertThat(sent).containsExactly(1L, 2L, 3L, 2L, 3L);
        spool.passed(3);
        spool.missed(3);
        spool.flush();
        assertThat(sent).hasSize(5);
    }

    @Test
    void resendingBeginsBehindTheCursor() {
        add(1, 2, 3);
        spool.flush();
        spool.passed(1);
        spool.resend();
        spool.flush();
        assertThat(sent).containsExactly(1L, 2L, 3L, 2L, 3L);
    }

    @Test
    void whatIsAskedForWhileTheLastIsOnItsWayIsSentAgainAllTheSame() {
        add(1, 2, 3);
        meanwhile = () -> {
            if (sent.size() == 3) {
                spool.missed(3);
            } else if (sent.size() == 6) {
                spool.resend();
            }
        };
        spool.flush();
        assertThat(sent).containsExactly(1L, 2L, 3L, 1L, 2L, 3L, 1L, 2L, 3L);
        assertThat(spool.unsent()).isZero();
    }

    @Test
    void whatDoesNotFitFallsOutAtTheOldEndAndIsCounted() {
        down = true;
        add(1, 2, 3, 4, 5, 6);
        assertThat(spool.dropped()).isEqualTo(2);
        down = false;
        spool.flush();
        assertThat(sent).containsExactly(3L, 4L, 5L, 6L);
    }

    @Test
    void whatWasSentAndFellOutIsNotCountedAsLost() {
        add(1, 2, 3, 4);
        spool.flush();
        add(5);
        assertThat(spool.dropped()).isZero();
    }
}
