package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.cluster.IntervalBatch;
import io.vikhry.orchestrator.verdict.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What went with workers that left a run before its end. */
class DeparturesTest extends ToldRun {
    @Test
    void whatAKilledWorkerTookWithItIsMissingAlsoWhenItIsBackUnderItsName() {
        hear(0, USERS);
        hear(1, USERS);
        run.departures.lose("worker-1", 7, heard(3_500), T0 + 8_700);
        run.take(List.of(batch(9, 1, 10, USERS, null)), T0 + 11_000);
        end(11_000);

        assertThat(verdict().reasons())
                .extracting(Verdict.Reason::text)
                .anyMatch(text -> text.startsWith("worker-1 was lost, and with it up to 2.5 s of its numbers"));
        assertThat(report().path("completeness").path("missing_requests").asLong())
                .as("one a second, for two and a half seconds")
                .isEqualTo(3);
    }

    @Test
    void aWorkerThatWasLostWhileRedisWasAwayMayHaveWorkedForAsLongAsItsLease() {
        hear(0, USERS);
        hear(1, USERS);
        run.departures.lose("worker-1", 7, heard(3_000), T0 + 8_700);
        run.mishaps.interrupted(Interruption.once(T0 + 4_900, T0 + 30_000, "Redis did not answer"));
        end(31_000);

        assertThat(verdict().reasons())
                .extracting(Verdict.Reason::text)
                .anyMatch(text -> text.startsWith("worker-1 was lost, and with it up to 5.5 s of its numbers"));
    }

    @Test
    void aWorkerThatWasCutOffBeforeItDiedIsCoveredByWhatIsMissingAtMost() {
        run.shares.grow(USERS, List.of(new Shares.Holder("worker-1", 7, 1)));
        hear(0, USERS);
        hear(1, USERS);
        run.departures.lose("worker-1", 7, heard(3_000), T0 + 8_700);
        end(11_000);
        run.finish(Json.MAPPER.createObjectNode());

        assertThat(report().path("completeness").path("missing_requests").asLong())
                .as("one a second, until a second after it was heard of")
                .isEqualTo(2);
        assertThat(report().path("completeness")
                        .path("missing_requests_at_most")
                        .asLong())
                .as("until the end of its lease, and what each user had in flight")
                .isEqualTo(6 + USERS);
    }

    @Test
    void aWorkerMayHaveWorkedForAsLongAsRedisKeptItFromRenewing() {
        hear(0, USERS);
        hear(1, USERS);
        run.departures.lose("worker-1", 7, new Hearsay.Last(T0 + 3_000, 2_500, null), T0 + 8_700);
        end(11_000);
        run.finish(Json.MAPPER.createObjectNode());

        assertThat(report().path("completeness").path("missing_requests").asLong())
                .as("one a second, from 2.0 s to 6.5 s")
                .isEqualTo(5);
    }

    @Test
    void whoseLastBatchHasComeTookNothingWithIt() {
        hear(0, USERS);
        assertThat(run.departures.toldAll("worker-1", 7, said(7, 7, 1))).isFalse();
        run.take(List.of(last(7, 2, 1)), T0 + 2_000);

        assertThat(run.departures.toldAll("worker-1", 7, said(7, 7, 2))).isTrue();
        assertThat(run.departures.toldAll("worker-1", 7, heard(2_000)))
                .as("as far as anybody knows")
                .isTrue();
        assertThat(run.departures.toldAll("worker-1", 9, said(9, 7, 2)))
                .as("under a later lease")
                .isTrue();
        assertThat(run.departures.toldAll("worker-1", 9, heard(2_000)))
                .as("maybe another process")
                .isFalse();
        assertThat(run.departures.toldAll("worker-2", 7, said(7, 7, 2))).isFalse();
    }

    @Test
    void aNamesakeOfOneThatToldAllIsLostWithWhatItDidNotTell() {
        hear(0, USERS);
        hear(1, USERS);
        run.take(List.of(last(7, 3, 2)), T0 + 3_000);
        Hearsay.Last namesake = said(T0 + 4_000, T0 + 4_000, 3);

        assertThat(run.departures.toldAll("worker-1", T0 + 4_000, namesake))
                .as("only who had its name has told all")
                .isFalse();
        run.departures.lose("worker-1", T0 + 4_000, namesake, T0 + 13_000);
        end(14_000);
        run.finish(Json.MAPPER.createObjectNode());

        assertThat(missing("missing_batches")).isEqualTo(3);
        assertThat(missing("missing_requests"))
                .as("one a second, from 4.0 s to 9.0 s")
                .isEqualTo(5);
        assertThat(verdict().reasons()).extracting(Verdict.Reason::code).contains("lost_worker");
    }

    @Test
    void theLastBatchesOfOneThatLeftAreMissedIfTheyDoNotCome() {
        hear(0, USERS);
        run.departures.part("worker-1", 7, said(7, 7, 3));
        end(3_000);
        run.finish(Json.MAPPER.createObjectNode());

        assertThat(missing("missing_batches")).isEqualTo(2);
        assertThat(missing("missing_requests")).isEqualTo(2);
    }

    @Test
    void whatALostWorkerHadMadeAndNotToldIsMissingOnce() {
        hear(0, USERS);
        hear(1, USERS);
        run.departures.lose("worker-1", 7, said(7, 7, 5), T0 + 13_000);
        end(14_000);
        run.finish(Json.MAPPER.createObjectNode());

        assertThat(missing("missing_batches")).isEqualTo(3);
        assertThat(missing("missing_requests"))
                .as("one a second, from 2.0 s to 9.0 s, be it in batches or not")
                .isEqualTo(7);
    }

    @Test
    void aProcessThatIsLostAgainBeforeItWasHeardTookTheTimeBetweenItsLeasesOnce() {
        hear(0, USERS);
        hear(1, USERS);
        run.departures.lose("worker-1", 7, heard(3_000), T0 + 8_000);
        long joined = T0 + 20_000;
        Hearsay.Last again = new Hearsay.Last(joined + 2_000, 0, status(joined, 7, 2));
        run.departures.lose("worker-1", joined, again, T0 + 27_000);
        end(28_000);
        run.finish(Json.MAPPER.createObjectNode());

        assertThat(missing("missing_requests"))
                .as("2 s after it told, and 3 s of its second lease")
                .isEqualTo(2 + 3);
        assertThat(missing("missing_requests_at_most"))
                .as("from 2.0 s to the end of its first lease at 7.5 s, from there to that of its second at 26.5 s")
                .isEqualTo(6 + 19 + USERS);
    }

    @Test
    void thousandsOfLossesAreAllCountedInBoundedMemory() {
        hear(0, USERS);
        hear(1, USERS);
        int times = Mishaps.LOSSES + 500;
        for (int i = 0; i < times; i++) {
            long fence = T0 + 10_000L * (i + 1);
            run.departures.lose("worker-" + i, fence, new Hearsay.Last(fence + 2_000, 0, null), fence + 7_000);
        }
        assertThat(run.mishaps.losses()).hasSize(Mishaps.LOSSES);
        run.folder.keep(run.course());
        run = goOn(10_000L * times + T0 + 20_000);
        hear(0, USERS);
        hear(1, USERS);
        end(10_000L * (times + 2));
        run.finish(Json.MAPPER.createObjectNode());

        assertThat(missing("missing_requests")).as("3 s of each, one a second").isEqualTo(3L * times);
        assertThat(missing("missing_requests_at_most")).isGreaterThan(5L * times);
        assertThat(run.verdict(T0).reasons())
                .extracting(Verdict.Reason::text)
                .anyMatch(text -> text.startsWith(
                        "other workers were lost 1,490 times, and with them up to 4,470 s of its numbers"));
    }

    @Test
    void ofManyLossesThoseAreFoldedFirstWhoseWorkersHaveToldAll() {
        for (int i = 0; i < Mishaps.LOSSES; i++) {
            long fence = T0 + i;
            run.departures.lose("worker-" + i, fence, new Hearsay.Last(T0 + 2_000, 0, null), T0 + 7_000);
        }
        run.take(List.of(batchOf("worker-500", T0 + 500, 9)), T0 + 10_000);
        run.departures.lose("worker-1000", T0 + 1000, new Hearsay.Last(T0 + 3_000, 0, null), T0 + 9_000);

        assertThat(run.mishaps.folded().times()).isEqualTo(1);
        assertThat(run.mishaps.folded().atMost()).isZero();
        assertThat(run.mishaps.losses())
                .hasSize(Mishaps.LOSSES)
                .extracting(Course.Loss::workerId)
                .doesNotContain("worker-500");
    }

    private static IntervalBatch batchOf(String workerId, long fence, int second) {
        IntervalBatch batch = batch(fence, second + 1, second, USERS, null);
        return new IntervalBatch(
                "run-1", workerId, fence, batch.seq(), batch.secondMillis(), USERS, false, batch.series(), List.of());
    }

    private static IntervalBatch last(long fence, long seq, int second) {
        long at = T0 + second * 1000L;
        return new IntervalBatch("run-1", "worker-1", fence, seq, at, 0, true, List.of(), List.of());
    }
}
