package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.cluster.IntervalBatch.Vitals;
import io.vikhry.cluster.LoadStage;
import io.vikhry.cluster.PoolCounts;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.Safety;
import io.vikhry.cluster.WorkerStatus.Condition;
import io.vikhry.orchestrator.metrics.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RecollectionTest extends ToldRun {
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

        Run past = Recollection.past(store.past("run-1").orElseThrow(), () -> {});

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

        Run past = Recollection.past(store.past("run-2").orElseThrow(), () -> {});

        assertThat(Objects.requireNonNull(past.arrivals()).missing()).isEqualTo(60);
        assertThat(past.arrivals()).isEqualTo(run.arrivals());
    }

    @Test
    void arrivalsThatWentWithALostWorkerAreMissedUnderTheNextLeaderToo() {
        RunPlan.Open open = new RunPlan.Open(RunPlan.Arrivals.POISSON, 1, 5);
        RunPlan plan = new RunPlan(
                "run-1", 1, "9f2c", "ShopVU", Map.of(), RunPlan.LoadModel.RATE, 42, Map.of(), open, Safety.NONE);
        RunHead head = new RunHead(plan, "ShopVU", "ShopVU.java", 1, 20, null, T0 - 1000);
        run = new Run(head, run.folder);
        run.begin(T0, List.of(new LoadStage(0, 20, 0)));
        run.deal.version = 1;
        run.shares.grow(5, List.of(new Shares.Holder("worker-1", 7, 1)));
        run.arrivals.lose("worker-1", T0 + 3_000);
        run.folder.keep(run.course());

        Run next = goOn(T0 + 7_000);

        assertThat(Objects.requireNonNull(next.arrivals()).missing()).isEqualTo(60);
        assertThat(next.arrivals()).isEqualTo(run.arrivals());
    }

    @Test
    void aRunThatNeverBeganHasTakenNoTimeAfterAnotherStartEither() {
        run = new Run(run.head, run.folder);
        end(30_000);
        run.finish(Json.MAPPER.createObjectNode());
        run.writeReport();

        Run past = Recollection.past(store.past("run-1").orElseThrow(), () -> {});

        assertThat(run.elapsedMillis(T0 + 60_000)).isZero();
        assertThat(past.elapsedMillis(T0 + 60_000)).isZero();
        assertThat(past.startedAt()).isEqualTo(run.startedAt());
    }

    @Test
    void anEndedRunWhoseCourseIsDamagedIsToldOfAllTheSame() throws IOException {
        hear(0, USERS);
        end(3_000);
        run.finish(Json.MAPPER.createObjectNode());
        run.writeReport();
        Files.writeString(home.resolve("runs/run-1/course.json"), "{\"revision\": ");

        Run past = Recollection.past(store.past("run-1").orElseThrow(), () -> {});

        assertThat(past.stopReason()).isEqualTo(StopReason.DURATION);
        assertThat(past.verdict(T0 + 60_000)).isEqualTo(run.verdict(T0 + 60_000));
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
        Run next = goOn(T0 + 7_000);
        next.supplies.see(List.of(pool(8)));

        assertThat(next.generators.outcome().state()).isEqualTo(Condition.SATURATED);
        assertThat(next.lost()).containsOnlyKeys("worker-2");
        assertThat(next.mishaps.interruptions()).hasSize(1);
        assertThat(next.pools().getFirst().granted()).as("since the run began").isEqualTo(3);
    }

    @Test
    void aSecondThatIsFarAheadTakesNoOtherFromTheNextLeader() {
        run.deal.version = 1;
        run.folder.append(List.of(
                batch(7, 1, 0, USERS, null).encoded(),
                batch(7, 2, 86_400, USERS, null).encoded(),
                batch(7, 3, 1, USERS, null).encoded()));
        run.folder.keep(run.course());

        Run next = goOn(T0 + 3_000);

        assertThat(next.numbers.pointsSince(0, T0 + 5_000).points())
                .extracting(Point::users)
                .startsWith(USERS, USERS);
        assertThat(next.numbers.numbers(T0 + 5_000).totals().count()).isEqualTo(3);
    }

    private static PoolCounts pool(long granted) {
        return new PoolCounts("users", 1, 1, 0, 0, 0, 0, 0, 0, granted, 1, 1);
    }
}
