package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.ProbeOutcome;
import io.vikhry.cluster.IntervalBatch.ProbeSample;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import io.vikhry.cluster.LoadStage;
import io.vikhry.cluster.RunPlan;
import io.vikhry.orchestrator.verdict.Verdict;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
        run.t0Millis = T0;
        run.stages = List.of(new LoadStage(0, USERS, 0));
        run.numbers.start(T0);
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
    }

    @Test
    void aSecondThatIsCountedWhileUsersAreTakenAwayDoesNotSpeakAgainstTheRun() {
        run.stages = List.of(new LoadStage(0, USERS, 0), new LoadStage(4_020, 0, 0));
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
        long at = T0 + second * 1000L;
        SeriesDelta request = new SeriesDelta(
                Kind.REQUEST, "buy", "GET /", 1, 0, Map.of("200", 1L), 10, 20, new byte[0], new byte[0]);
        ProbeSample probe = new ProbeSample("queue", at, 1500, ProbeOutcome.OK, List.of(), "");
        run.take(
                new IntervalBatch(
                        "run-1",
                        "worker-1",
                        7,
                        second + 1,
                        at,
                        users,
                        false,
                        List.of(request),
                        List.of(),
                        null,
                        List.of(probe)),
                at + 1000);
    }
}
