package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.ProbeOutcome;
import io.vikhry.cluster.IntervalBatch.ProbeSample;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import io.vikhry.cluster.IntervalBatch.Vitals;
import io.vikhry.cluster.LoadStage;
import io.vikhry.cluster.PoolCounts;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.Safety;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.cluster.WorkerStatus.Condition;
import io.vikhry.orchestrator.verdict.Verdict;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {
    private static final long T0 = 1_795_301_340_000L;
    private static final int USERS = 10;

    @TempDir
    Path home;

    private RunStore store;
    private Run run;

    @BeforeEach
    void begin() {
        store = new RunStore(home);
        RunPlan plan =
                new RunPlan("run-1", 1, "9f2c", "ShopVU", Map.of(), RunPlan.LoadModel.USERS, 42, Map.of("users", 50));
        RunHead head = new RunHead(plan, "ShopVU", "ShopVU.java", USERS, 0, null, T0 - 1000);
        run = new Run(head, store.create(head));
        run.begin(T0, List.of(new LoadStage(0, USERS, 0)));
    }

    @Test
    void aReportIsWrittenLateWhereTheDiskDoesNotTakeWhatProbesSaw() throws Exception {
        hear(0, USERS);
        end(1_000);
        Path inTheWay = Files.createDirectory(home.resolve("runs/run-1/probes.json.part"));
        run.finish(Json.MAPPER.createObjectNode());

        assertThatThrownBy(run::writeReport).isInstanceOf(UncheckedIOException.class);
        assertThat(store.report("run-1")).isEmpty();
        Files.delete(inTheWay);
        run.writeReport();

        assertThat(store.report("run-1")).isPresent();
        assertThat(store.probe("run-1", "queue")).isPresent();
        assertThat(run.reportToWrite()).isNull();
    }

    @Test
    void aSecondThatIsCountedWhileUsersEndDoesNotSpeakAgainstAShortRun() {
        hear(0, USERS);
        hear(1, USERS);
        hear(2, 0);
        end(3_050);

        assertThat(verdict().reasons()).isEmpty();
        assertThat(report().path("slo").path("passed").asBoolean()).isTrue();
    }

    @Test
    void aSecondThatIsCountedWhileUsersAreTakenAwayDoesNotSpeakAgainstTheRun() {
        run.load.stages = List.of(new LoadStage(0, USERS, 0), new LoadStage(4_020, 0, 0));
        for (int second = 0; second < 3; second++) {
            hear(second, USERS);
        }
        for (int second = 3; second < 8; second++) {
            hear(second, 0);
        }
        end(9_000);

        assertThat(verdict().reasons()).isEmpty();
    }

    @Test
    void usersThatAreMissingWhileTheLoadIsSteadySpeakAgainstIt() {
        for (int second = 0; second < 6; second++) {
            hear(second, USERS / 2);
        }
        end(6_050);

        assertThat(verdict().level()).isEqualTo(Verdict.Level.INVALID);
        assertThat(verdict().reasons()).extracting(Verdict.Reason::code).containsExactly("absent_users");
        assertThat(report().path("slo").path("passed").asBoolean(true))
                .as("nothing is passed on such numbers")
                .isFalse();
    }

    @Test
    void aRunThatIsStoppedBeforeItBeginsPassesNoGate() {
        run = new Run(run.head, run.folder);
        end(500);

        assertThat(verdict().level()).isEqualTo(Verdict.Level.INVALID);
        assertThat(verdict().reasons()).extracting(Verdict.Reason::code).containsExactly("nothing");
        assertThat(report().path("duration_s").asDouble()).isZero();
        assertThat(report().path("rps").asDouble()).isZero();
        assertThat(report().path("response_time_ms").path("p99").isNull()).isTrue();
    }

    @Test
    void anEndedRunIsToldOfAfterAnotherStartAsItWasBefore() {
        hear(0, USERS);
        run.folder.append(List.of(batch(7, 1, 0, USERS, null).encoded()));
        run.departures.part("worker-1", 7, said(7, 7, 3));
        run.departures.lose("worker-2", 9, heard(2_000), T0 + 2_500);
        end(3_000);
        run.folder.keep(run.course());
        run.finish(Json.MAPPER.createObjectNode());
        run.writeReport();

        Run past = Recollection.past(store.past("run-1").orElseThrow());

        assertThat(past.numbers.numbers(T0 + 60_000)).isEqualTo(run.numbers.numbers(T0 + 60_000));
        assertThat(past.numbers.numbers(T0 + 60_000).completeness().missingBatches())
                .isEqualTo(2);
        assertThat(past.lost()).isEqualTo(run.lost());
        assertThat(past.elapsedMillis(T0 + 60_000)).isEqualTo(run.elapsedMillis(T0 + 60_000));
        assertThat(past.startedAt()).isEqualTo(run.startedAt());
        assertThat(past.stopReason()).isEqualTo(run.stopReason());
        assertThat(past.verdict(T0 + 60_000)).isEqualTo(run.verdict(T0 + 60_000));
    }

    @Test
    void arrivalsThatNobodyToldOfAreMissedAfterAnotherStartToo() {
        RunPlan.Open open = new RunPlan.Open(RunPlan.Arrivals.CONSTANT, 1, 5);
        RunPlan plan = new RunPlan(
                "run-2", 1, "9f2c", "ShopVU", Map.of(), RunPlan.LoadModel.RATE, 42, Map.of(), open, Safety.NONE);
        RunHead head = new RunHead(plan, "ShopVU", "ShopVU.java", 1, 20, null, T0 - 1000);
        run = new Run(head, store.create(head));
        run.begin(T0, List.of(new LoadStage(0, 20, 0)));
        end(3_000);
        run.finish(Json.MAPPER.createObjectNode());
        run.writeReport();

        Run past = Recollection.past(store.past("run-2").orElseThrow());

        assertThat(Objects.requireNonNull(past.arrivals()).missing()).isEqualTo(60);
        assertThat(past.arrivals()).isEqualTo(run.arrivals());
    }

    @Test
    void aRunThatNeverBeganHasTakenNoTimeAfterAnotherStartEither() {
        run = new Run(run.head, run.folder);
        end(30_000);
        run.finish(Json.MAPPER.createObjectNode());
        run.writeReport();

        Run past = Recollection.past(store.past("run-1").orElseThrow());

        assertThat(run.elapsedMillis(T0 + 60_000)).isZero();
        assertThat(past.elapsedMillis(T0 + 60_000)).isZero();
        assertThat(past.startedAt()).isEqualTo(run.startedAt());
    }

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
        run = Recollection.of(store.unfinished("run-1").orElseThrow(), store.goOn(run.head, 99), null, () -> {})
                .run();
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

    @Test
    void theNextLeaderKnowsWhatWentWrongAndHowTheGeneratorsWere() {
        Vitals saturated = new Vitals(Condition.SATURATED, List.of("loop lag"), false, false, 1, 0, 0, 0, 0, 0);
        run.deal.version = 1;
        run.folder.append(List.of(batch(7, 1, 0, USERS, saturated).encoded()));
        run.supplies.see(List.of(pool(5)));
        run.departures.lose("worker-2", 8, heard(1_000), T0 + 6_000);
        run.mishaps.interrupted(Interruption.once(T0, T0 + 3_000, "Redis did not answer"));

        run.folder.keep(run.course());
        Run next = Recollection.of(store.unfinished("run-1").orElseThrow(), store.goOn(run.head, 99), null, () -> {})
                .run();
        next.supplies.see(List.of(pool(8)));

        assertThat(next.generators.outcome().state()).isEqualTo(Condition.SATURATED);
        assertThat(next.lost()).containsOnlyKeys("worker-2");
        assertThat(next.mishaps.interruptions()).hasSize(1);
        assertThat(next.pools().getFirst().granted()).as("since the run began").isEqualTo(3);
    }

    private long missing(String what) {
        return report().path("completeness").path(what).asLong();
    }

    /** What a worker said of itself a moment after {@code T0 + 8_000}, or 4 s after it joined. */
    private static Hearsay.Last said(long fence, long originFence, long lastSeq) {
        return new Hearsay.Last(T0 + 8_000, 0, status(fence, originFence, lastSeq));
    }

    private static WorkerStatus status(long fence, long originFence, long lastSeq) {
        return new WorkerStatus(
                "worker-1",
                fence,
                WorkerStatus.Phase.RUNNING,
                "host",
                1,
                "0",
                "engine",
                2,
                null,
                null,
                null,
                null,
                "run-1",
                1,
                USERS,
                USERS,
                0,
                originFence,
                lastSeq,
                WorkerStatus.Health.fine(0, 0, 0, 0, 0));
    }

    private static IntervalBatch batchOf(String workerId, long fence, int second) {
        IntervalBatch batch = batch(fence, second + 1, second, USERS, null);
        return new IntervalBatch(
                "run-1", workerId, fence, batch.seq(), batch.secondMillis(), USERS, false, batch.series(), List.of());
    }

    private static Hearsay.Last heard(long afterMillis) {
        return new Hearsay.Last(T0 + afterMillis, 0, null);
    }

    private static PoolCounts pool(long granted) {
        return new PoolCounts("users", 1, 1, 0, 0, 0, 0, 0, 0, granted, 1, 1);
    }

    private JsonNode report() {
        return Objects.requireNonNull(run.reportToWrite());
    }

    private Verdict verdict() {
        run.finish(Json.MAPPER.createObjectNode());
        return run.verdict(T0 + 60_000);
    }

    private void end(long afterMillis) {
        run.stop = new Course.Stop(StopReason.DURATION, 10_000, T0 + afterMillis);
    }

    /** Of one worker, with a request and what a probe saw. */
    private void hear(int second, int users) {
        run.take(List.of(batch(7, second + 1, second, users, null)), T0 + second * 1000L + 1000);
    }

    private static IntervalBatch last(long fence, long seq, int second) {
        long at = T0 + second * 1000L;
        return new IntervalBatch("run-1", "worker-1", fence, seq, at, 0, true, List.of(), List.of());
    }

    private static IntervalBatch batch(long fence, long seq, int second, int users, @Nullable Vitals vitals) {
        long at = T0 + second * 1000L;
        SeriesDelta request = new SeriesDelta(
                Kind.REQUEST, "buy", "GET /", 1, 0, Map.of("200", 1L), 10, 20, new byte[0], new byte[0]);
        ProbeSample probe = new ProbeSample("queue", at, 1500, ProbeOutcome.OK, List.of(), "");
        return new IntervalBatch(
                "run-1",
                "worker-1",
                fence,
                seq,
                at,
                users,
                false,
                List.of(request),
                List.of(),
                null,
                List.of(probe),
                vitals);
    }
}
